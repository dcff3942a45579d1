import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { endure } from './support/endure.ts';
import { useFaultyWorld } from './support/faultyWorld.ts';
import { member, untilQuiet, untilReady } from './support/look.ts';
import { DENY, namespacePath, policies, reportPath, roles, VIEWER } from './support/paths.ts';
import { DENY_AND_RBAC, expectRight } from './support/right.ts';
import { declare, LABEL } from './support/spec.ts';
import { comeBack, heldObjects, untilSaid, vanish, workTried } from './support/vanish.ts';

const NAME = 'kept';
const MEMBERS = ['team-a', 'team-b', 'team-c'];
/** Its owner takes its label away. */
const LEAVER = 'team-left';
const ALL = [...MEMBERS, LEAVER];
/** By then the back-off of what fails has grown to some ten seconds. */
const GONE_FOR_MS = 12_000;
/** A watch of a kind that was away for less than a minute is tried every five seconds at most. */
const NOTICED_WITHIN_MS = 8_000;

describe('A kind that vanishes takes nothing down and prunes nothing', function () {
  this.timeout(120_000);
  const { world, proxy } = useFaultyWorld();
  const admin = () => world().admin;
  const reportsOf = (namespaces: readonly string[]) =>
    Promise.all(namespaces.map((name) => admin().find(reportPath(name))));

  beforeEach('four namespaces, of which one has left by its label', async () => {
    await comeBack(world());
    for (const name of ALL)
      if ((await admin().find(namespacePath(name))) === undefined) await member(world(), name, NAME);
    await admin().patch(namespacePath(LEAVER), { metadata: { labels: { [LABEL]: NAME } } });
    if ((await admin().find(`/apis/drawbridge.dev/v1alpha1/securitybaselines/${NAME}`)) === undefined)
      await declare(world(), NAME, DENY_AND_RBAC);
    await untilReady(world(), NAME, ALL.length, 60_000);
    await admin().patch(namespacePath(LEAVER), { metadata: { labels: { [LABEL]: null } } });
    await eventually(async () =>
      expect((await admin().get(reportPath(LEAVER))).sections[0]).to.include({ retained: true, held: true }),
    );
    await untilQuiet(world());
  });

  /** Asks for so long; answers every status that the pages had, each once. */
  async function pages(path: '/healthz' | '/readyz', forMs: number): Promise<readonly number[]> {
    const seen = new Set<number>();
    for (const endMs = performance.now() + forMs; performance.now() < endMs; await sleep(100))
      seen.add((await world().operator().health(path)).status);
    return [...seen];
  }

  const drift = async (namespace: string): Promise<void> => {
    await admin().delete(policies(namespace, DENY));
    await admin().patch(roles(namespace, VIEWER), { rules: [] });
  };
  const repaired = (namespaces: readonly string[], withinMs = 10_000): Promise<void> =>
    eventually(() => expectRight(world(), namespaces), { withinMs });

  it('THREATS 3: our baselines, while the operator runs: every deny stays, and it goes on when they are back', async () => {
    const { pid, lines } = world().operator();
    const before = await heldObjects(world(), ALL);
    const mark = await world().mark();
    const said = lines().length;
    await vanish(world(), 'securitybaselines');
    await untilSaid(world(), 'SecurityBaseline', said);
    expect(await pages('/healthz', 1_500)).to.deep.equal([200]);
    expect(await pages('/readyz', 1_500)).to.deep.equal([200]);
    expect(await heldObjects(world(), ALL)).to.deep.equal(before);
    expect(await workTried(world(), mark)).to.deep.equal([]);
    await comeBack(world());
    await declare(world(), NAME, DENY_AND_RBAC);
    await untilReady(world(), NAME, MEMBERS.length, 20_000);
    expect(await workTried(world(), mark), 'what stands is taken up as it is').to.deep.equal([]);
    for (const name of MEMBERS) await drift(name);
    await repaired(MEMBERS);
    expect(world().operator().pid).to.equal(pid);
  });

  it('THREATS 3: our baselines, and the operator starts anew meanwhile: it waits, and writes nothing', async () => {
    const before = await heldObjects(world(), ALL);
    const mark = await world().mark();
    await vanish(world(), 'securitybaselines');
    const { pid } = await world().restartOperator('SIGKILL');
    expect(await pages('/healthz', 1_500)).to.deep.equal([200]);
    expect(await pages('/readyz', 1_500)).to.deep.equal([500]);
    expect((await world().operator().health('/readyz')).body).to.contain('not known yet: SecurityBaseline');
    expect(await heldObjects(world(), ALL)).to.deep.equal(before);
    expect(await workTried(world(), mark)).to.deep.equal([]);
    await comeBack(world());
    await declare(world(), NAME, DENY_AND_RBAC);
    await untilReady(world(), NAME, MEMBERS.length, 20_000);
    expect(await workTried(world(), mark)).to.deep.equal([]);
    for (const name of MEMBERS) await drift(name);
    await repaired(MEMBERS);
    expect(world().operator().pid).to.equal(pid);
  });

  it('our reports, while the operator runs: repairs go on, also where a label was taken away, and the record is written anew', async () => {
    const { pid, lines } = world().operator();
    const before = await heldObjects(world(), ALL);
    const said = lines().length;
    const goneMs = performance.now();
    await vanish(world(), 'baselinereports');
    await untilSaid(world(), 'BaselineReport', said);
    expect(await heldObjects(world(), ALL)).to.deep.equal(before);
    for (const name of ALL) await drift(name);
    await repaired(ALL);
    expect(await pages('/healthz', 1_500)).to.deep.equal([200]);
    expect(await pages('/readyz', 1_500)).to.deep.equal([200]);
    await sleep(Math.max(0, goneMs + GONE_FOR_MS - performance.now()));
    await comeBack(world());
    const backMs = performance.now();
    await eventually(
      async () => {
        for (const report of await reportsOf(ALL)) expect(report?.sections?.[0]).to.include({ held: true });
      },
      { withinMs: NOTICED_WITHIN_MS },
    );
    console.log(`      the record was whole ${Math.round(performance.now() - backMs)} ms after its kind was back`);
    expect(world().operator().pid).to.equal(pid);
    // What was written anew is as good as what was there before: a new process holds by it.
    await world().restartOperator('SIGKILL');
    await drift(LEAVER);
    await repaired([LEAVER], 20_000);
  });

  it('our reports, and the operator starts anew meanwhile: it waits and writes nothing, then repairs and writes them anew', async () => {
    await vanish(world(), 'baselinereports');
    const { pid } = await world().restartOperator('SIGKILL');
    const before = await heldObjects(world(), ALL);
    const mark = await world().mark();
    expect(await pages('/healthz', 1_500)).to.deep.equal([200]);
    expect(await pages('/readyz', 1_500)).to.deep.equal([500]);
    expect((await world().operator().health('/readyz')).body).to.contain('not known yet: BaselineReport');
    expect(await heldObjects(world(), ALL)).to.deep.equal(before);
    expect(await workTried(world(), mark)).to.deep.equal([]);
    for (const name of MEMBERS) await drift(name);
    await comeBack(world());
    await repaired(MEMBERS, 20_000);
    await eventually(async () => {
      for (const report of await reportsOf(MEMBERS)) expect(report?.sections?.[0]).to.include({ held: true });
    });
    expect((await heldObjects(world(), [LEAVER])).length, 'what nobody holds any more is not pruned').to.equal(3);
    expect(world().operator().pid).to.equal(pid);
  });

  for (const status of [404, 403] as const) {
    it(`all kinds at once, by ${status} to every list and watch for three seconds, and nothing is taken for gone`, async () => {
      const drifted = MEMBERS[0] ?? '';
      await endure(world(), proxy(), {
        faults: [
          { match: { verbs: ['list', 'watch'] }, fault: { type: 'refuse', status } },
          { match: {}, fault: { type: 'reset' } },
        ],
        forMs: 3_000,
        meanwhile: async () => {
          await drift(drifted);
          await sleep(1_000);
          for (const path of ['/healthz', '/readyz'] as const) {
            expect((await world().operator().health(path)).status, path).to.equal(200);
          }
        },
        standing: ALL.filter((name) => name !== drifted),
        right: () => expectRight(world(), ALL),
        writes: [`create networkpolicies ${drifted}`, `update roles ${drifted}`],
      });
    });
  }
});
