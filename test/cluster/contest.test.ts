import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import type { AnyObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { member, untilQuiet, untilReady, workSince } from './support/look.ts';
import { isOpen } from './support/openness.ts';
import { DENY, policies, reportPath } from './support/paths.ts';
import { during, repairsOf } from './support/race.ts';
import { declare, denyOnly } from './support/spec.ts';
import { asTenant } from './support/tenant.ts';

const NAME = 'contested';
const CONTEST_MS = 10_000;
/** src/core/gates/memory.ts: twenty label edits at once, one in ten seconds after that. */
const LABEL_WRITES = 22;
/** THREATS 5: for each namespace. */
const WRITES_PER_SECOND = 50;
/** Who waits for an attack of fifteen seconds to end is starved; a busy machine takes a second or two. */
const STARVED_MS = 8_000;
const EDITORS = 8;

describe('A foreign controller that never gives in', function () {
  this.timeout(90_000);
  const world = useWorld();
  const admin = () => world().admin;
  let members = 0;

  before(() => declare(world(), NAME, denyOnly()));

  const attacked = async (namespace: string) => {
    await member(world(), namespace, NAME);
    members += 1;
    await untilReady(world(), NAME, members);
    await untilQuiet(world(), 300);
    return policies(namespace, DENY);
  };
  const untilContested = (namespace: string) =>
    eventually(
      async () => {
        const { findings = [] } = await admin().get(reportPath(namespace));
        const found = findings.find(({ reason }: AnyObject) => reason === 'Contested');
        expect(found?.object).to.equal(`NetworkPolicy ${namespace}/${DENY}`);
        return found;
      },
      { withinMs: 15_000 },
    );
  it('THREATS 5: over a label, ten times a second, meets a bounded number of writes and Contested', async () => {
    const path = await attacked('relabelled');
    const tenant = await asTenant(world(), 'relabelled');
    const mark = await world().mark();
    let turn = 0;
    const startedMs = performance.now();
    await during(CONTEST_MS, 100, () => {
      turn += 1;
      return tenant.patch(path, { metadata: { labels: { 'drawbridge.dev/control': `theirs-${turn}` } } });
    });
    const writes = await workSince(world(), mark, 'relabelled');
    const seconds = (performance.now() - startedMs) / 1_000;
    const finding = await untilContested('relabelled');
    console.log(`      ${writes.length} writes against ${turn} edits of a label; ${finding.message}`);
    expect(turn).to.be.above(2 * LABEL_WRITES);
    expect(writes.length).to.be.within(1, LABEL_WRITES + seconds / 10);
  });

  it('THREATS 5: over the spec, as fast as eight can write, is met every time, with at most fifty writes a second, and starves nobody', async () => {
    const path = await attacked('opened');
    const beside = await attacked('beside');
    const usual = await repairsOf(admin(), beside, 5);
    const mark = await world().mark();
    let edits = 0;
    const startedMs = performance.now();
    const editor = (writer: number) =>
      during(CONTEST_MS, 0, () => {
        edits += 1;
        return admin().patch(path, { spec: { ingress: [{ ports: [{ port: 1 + writer + (edits % 60_000) }] }] } });
      });
    const attack = Promise.all(Array.from({ length: EDITORS }, (_, writer) => editor(writer)));
    const meanwhile = await repairsOf(admin(), beside, 5);
    await attack;
    const seconds = (performance.now() - startedMs) / 1_000;
    const tries = await world().writesSince(mark, { all: true, resources: ['networkpolicies'] });
    const writes = tries.filter(({ namespace }) => namespace === 'opened');
    console.log(
      `      ${writes.length} writes against ${edits} edits in ${seconds.toFixed(1)} s; beside it ${meanwhile.join(', ')} ms, ${usual.join(', ')} before`,
    );
    // Many times what a bucket would let through, however slow the machine.
    expect(edits).to.be.above(100);
    // One second's worth may be saved up.
    expect(writes.length).to.be.within(20, WRITES_PER_SECOND * (seconds + 1));
    expect(Math.max(...meanwhile)).to.be.below(STARVED_MS);
    await eventually(async () => expect(isOpen(await admin().get(path))).to.equal(false), { withinMs: 5_000 });
    const finding = await untilContested('opened');
    expect(finding.message).to.match(/stood wrong \d+\.\d % of that time/);
    expect(await world().operator().metric('drawbridge_contested_objects')).to.be.at.least(1);
  });
});
