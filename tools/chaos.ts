/**
 * Plays scenarios of chaos on a real control plane and judges them: `tools/chaos.ts 1 2 3`, `tools/chaos.ts 1..50`. Says of
 * each seed what happened and the verdict; of one that failed, all that explains it. `--steps` prints the scenarios and plays
 * nothing; `--minutes` begins no other seed after so long.
 */
import { parseArgs } from 'node:util';
import { verdictOf } from '../test/chaos/oracle.ts';
import { play } from '../test/chaos/play.ts';
import { scenarioOf } from '../test/chaos/scenario.ts';
import { seedsOf } from '../test/chaos/seeds.ts';
import { openStage } from '../test/chaos/stage.ts';
import { failureOf, scriptOf, summaryOf } from '../test/chaos/tell.ts';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { steps: { type: 'boolean', default: false }, minutes: { type: 'string' } },
  });
  const seeds = seedsOf(positionals);
  if (values.steps) {
    for (const seed of seeds) console.log(`seed ${seed}: ${scriptOf(scenarioOf(seed))}\n`);
    return;
  }
  const failed = await playAll(seeds, Number(values.minutes ?? Number.POSITIVE_INFINITY));
  if (failed.length > 0) process.exitCode = 1;
}

async function playAll(seeds: readonly number[], minutes: number): Promise<readonly number[]> {
  const endMs = performance.now() + minutes * 60_000;
  const failed: number[] = [];
  let played = 0;
  const stage = await openStage();
  try {
    for (const seed of seeds) {
      if (performance.now() > endMs) break;
      const startMs = performance.now();
      const observation = await play(scenarioOf(seed), stage);
      const verdict = verdictOf(observation);
      played += 1;
      if (verdict.violations.length > 0) {
        failed.push(seed);
        console.log(failureOf(observation, verdict));
      }
      console.log(`${summaryOf(observation, verdict)}; ${((performance.now() - startMs) / 1_000).toFixed(1)} s`);
    }
  } finally {
    await stage.close();
  }
  console.log(
    `${played - failed.length} of ${played} seeds right${failed.length === 0 ? '' : `; wrong: ${failed.join(' ')}`}`,
  );
  return failed;
}

await main();
