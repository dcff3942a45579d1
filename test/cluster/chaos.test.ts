import { expect } from 'chai';
import { verdictOf } from '../chaos/oracle.ts';
import { play } from '../chaos/play.ts';
import { scenarioOf } from '../chaos/scenario.ts';
import type { Stage } from '../chaos/stage.ts';
import { openStage } from '../chaos/stage.ts';
import { failureOf, summaryOf } from '../chaos/tell.ts';

/** Between them: one replica and two, every kind of deed, the API server killed in three; `make chaos` plays others. */
const SEEDS = [2, 5, 7, 10, 14, 16];

describe('Chaos', function () {
  this.timeout(120_000);
  this.slow(40_000);
  let stage: Stage;

  before(async () => {
    stage = await openStage();
  });
  after(() => stage?.close());

  for (const seed of SEEDS) {
    it(`of seed ${seed} ends with everything right, nothing touched that is not ours, no door open too long, no storm and no write after`, async () => {
      const observation = await play(scenarioOf(seed), stage);
      const verdict = verdictOf(observation);
      console.log(`      ${summaryOf(observation, verdict)}`);
      expect(verdict.violations.length, failureOf(observation, verdict)).to.equal(0);
    });
  }
});
