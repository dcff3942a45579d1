import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import type { AnyObject, KubeAdmin } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { member, untilQuiet, untilReady, workSince } from './support/look.ts';
import type { Openness } from './support/openness.ts';
import { isOpen, measureOpenness, percent } from './support/openness.ts';
import { DENY, policies, reportPath } from './support/paths.ts';
import { during, repairsOf } from './support/race.ts';
import { declare, denyOnly } from './support/spec.ts';
import { asTenant } from './support/tenant.ts';

const NAME = 'raced';
const RACE_MS = 20_000;
const EDIT_EVERY_MS = 50;
const WRITERS = 4;

describe('A tenant who races the operator', function () {
  this.timeout(120_000);
  const world = useWorld();
  const admin = () => world().admin;
  let members = 0;

  before(() => declare(world(), NAME, denyOnly()));

  const attacked = async (namespace: string) => {
    await member(world(), namespace, NAME);
    members += 1;
    await untilReady(world(), NAME, members);
    const tenant = await asTenant(world(), namespace);
    await untilQuiet(world(), 300);
    return { tenant, user: `tenant-of-${namespace}`, path: policies(namespace, DENY) };
  };
  const open = (client: KubeAdmin, path: string) => client.patch(path, { spec: { ingress: [{}] } });
  const show = (what: string, o: Openness): void =>
    console.log(
      `      ${what}: open ${percent(o.loggedShare)} of the time by the server's log, ${percent(o.watchedShare)} by a watch; ` +
        `${o.edits} edits, ${o.repairs} repairs, the slowest ${o.slowestMs} ms`,
    );
  const expectShut = (path: string) => eventually(async () => expect(isOpen(await admin().get(path))).to.equal(false));
  it('THREATS 5: opening the deny every 50 ms keeps it open less than a tenth of the time', async () => {
    const { tenant, user, path } = await attacked('edited');
    const other = await attacked('beside-edited');
    let elsewhere: readonly number[] = [];
    let editingMs = 0;
    const timedEdit = async (): Promise<void> => {
      const startedMs = performance.now();
      await open(tenant, path);
      editingMs += performance.now() - startedMs;
    };
    const openness = await measureOpenness(world(), path, user, async () => {
      const race = during(RACE_MS, EDIT_EVERY_MS, timedEdit);
      elsewhere = await repairsOf(admin(), other.path, 10);
      const report = await eventually(async () => {
        const found = await admin().get(reportPath('edited'));
        expect(found.findings?.map(({ reason }: AnyObject) => reason)).to.include('Contested');
        return found;
      });
      expect(report.findings?.[0].message).to.match(/stood wrong \d+\.\d % of that time/);
      const { status } = await world().baseline(NAME);
      expect(status.worst.map(({ namespace, reason }: AnyObject) => [namespace, reason])).to.deep.include([
        'edited',
        'Contested',
      ]);
      await race;
    });
    show('one editor', openness);
    console.log(`      repairs in another namespace meanwhile: ${elsewhere.join(', ')} ms`);
    const editMs = editingMs / openness.edits;
    console.log(`      one edit took its editor ${editMs.toFixed(1)} ms`);
    expect(openness.edits).to.be.above(200);
    // A tenth; on a machine so busy that the edits themselves are slow, what one and a half of them take.
    expect(openness.loggedShare).to.be.below(Math.max(0.1, (1.5 * editMs) / EDIT_EVERY_MS));
    expect(Math.max(...elsewhere)).to.be.below(1000);
    await expectShut(path);
    expect(await world().operator().metric('drawbridge_contested_objects')).to.be.at.least(1);
  });

  /** One tenant opens the deny every 50 ms while four writers bump an annotation of it, each so often. */
  const bumped = async (namespace: string, everyMs: number) => {
    const { tenant, user, path } = await attacked(namespace);
    let bumps = 0;
    let bumpingMs = 0;
    const bump = async (writer: number): Promise<void> => {
      bumps += 1;
      const startedMs = performance.now();
      await admin().patch(path, { metadata: { annotations: { [`bump-${writer}`]: `${bumps}` } } });
      bumpingMs += performance.now() - startedMs;
    };
    const mark = await world().mark();
    const openness = await measureOpenness(world(), path, user, async () => {
      const writers = Array.from({ length: WRITERS }, (_, writer) => during(RACE_MS, everyMs, () => bump(writer)));
      await Promise.all([during(RACE_MS, EDIT_EVERY_MS, () => open(tenant, path)), ...writers]);
    });
    const all = await world().writesSince(mark, { all: true, resources: ['networkpolicies'] });
    const conflicts = all.filter(({ code }) => code === 409).length;
    show(`one editor and ${bumps} bumps, ${conflicts} conflicts`, openness);
    await expectShut(path);
    return { openness, conflicts, bumpMs: bumpingMs / bumps };
  };

  it('THREATS 5: four writers who bump an annotation of it every 25 ms keep it open less than a tenth of the time', async () => {
    const { openness, bumpMs } = await bumped('bumped', 25);
    console.log(`      one bump took ${bumpMs.toFixed(1)} ms`);
    // A tenth; on a machine so busy that the bumps themselves are slow, what one and a half of them take.
    expect(openness.loggedShare).to.be.below(Math.max(0.1, (1.5 * bumpMs) / EDIT_EVERY_MS));
  });

  it('THREATS 5: four writers who bump it without a pause delay a repair no more than each other', async () => {
    const { openness, conflicts, bumpMs } = await bumped('saturated', 0);
    const meanMs = (openness.loggedShare * RACE_MS) / openness.repairs;
    console.log(`      open for ${meanMs.toFixed(1)} ms each time, while one bump took ${bumpMs.toFixed(1)} ms`);
    // They saturate the machine, so no share of time can be promised; a repair is to cost no more than a write does.
    expect(meanMs).to.be.below(1.6 * bumpMs);
    expect(conflicts).to.be.below(10);
  });

  it('THREATS 5: flapping labels are put right within bounds, and a change of the spec among them at once', async () => {
    const { tenant, path } = await attacked('flapped');
    const strip = () =>
      tenant.patch(path, { metadata: { labels: { 'drawbridge.dev/baseline': null } } }).then(() => undefined);
    const mark = await world().mark();
    await during(5_000, 50, strip);
    const labelWrites = (await workSince(world(), mark, 'flapped')).length;
    console.log(`      ${labelWrites} writes against labels flapping for 5 s`);
    expect(labelWrites).to.be.within(5, 22);
    await open(tenant, path);
    const startedMs = performance.now();
    await eventually(async () => expect(isOpen(await admin().get(path))).to.equal(false), { everyMs: 2 });
    console.log(`      the spec was put right ${Math.round(performance.now() - startedMs)} ms after its edit`);
    expect(performance.now() - startedMs).to.be.below(1000);
    await strip();
    await eventually(
      async () => expect((await admin().get(path)).metadata.labels?.['drawbridge.dev/baseline']).to.equal(NAME),
      { withinMs: 25_000 },
    );
  });

  it('THREATS 5: two hundred edits at once in each of two namespaces do not keep a third one waiting', async () => {
    const first = await attacked('flooded-1');
    const second = await attacked('flooded-2');
    const third = await attacked('not-flooded');
    const flood = [first, second].flatMap(({ tenant, path }) => Array.from({ length: 200 }, () => open(tenant, path)));
    const took = await repairsOf(admin(), third.path, 3);
    await Promise.all(flood);
    console.log(`      repairs beside two floods: ${took.join(', ')} ms`);
    expect(Math.max(...took)).to.be.below(2000);
    for (const { path } of [first, second]) await expectShut(path);
  });
});
