import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import type { AnyObject, KubeAdmin } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { member, untilCondition, untilQuiet, untilReady, workSince } from './support/look.ts';
import { DENY, policies, reportPath } from './support/paths.ts';
import { declare, denyOnly } from './support/spec.ts';
import { asTenant } from './support/tenant.ts';

const REPORTING = 'reporting';
const REMOVING = 'removing';
const ALLOW_ALL = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] };
const INNOCENT = { podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }] };
const from = (...cidrs: readonly string[]) => ({
  podSelector: {},
  policyTypes: ['Ingress'],
  ingress: [{ from: cidrs.map((cidr) => ({ ipBlock: { cidr } })) }],
});
/** More than 300 KB of blocks. */
const LARGE = from(...Array.from({ length: 9000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`));
const LARGE_COUNT = 30;

describe('Policies of others', function () {
  this.timeout(60_000);
  const world = useWorld();
  const tenants = new Map<string, KubeAdmin>();

  before(async () => {
    await declare(world(), REPORTING, denyOnly());
    await declare(world(), REMOVING, denyOnly({ foreignPolicies: 'Remove' }));
    for (const [name, baseline] of [
      ['reported', REPORTING],
      ['beside', REPORTING],
      ['removed', REMOVING],
    ] as const) {
      await member(world(), name, baseline);
      tenants.set(name, await asTenant(world(), name));
    }
    await untilReady(world(), REPORTING, 2);
    await untilReady(world(), REMOVING, 1);
  });
  beforeEach(() => untilQuiet(world()));

  const plant = async (namespace: string, name: string, spec: unknown): Promise<void> => {
    const body = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name }, spec };
    await tenants.get(namespace)?.post(policies(namespace), body);
  };
  const uproot = async (namespace: string, name: string): Promise<void> =>
    tenants.get(namespace)?.delete(policies(namespace, name));
  const findings = async (namespace: string): Promise<readonly AnyObject[]> =>
    (await world().admin.get(reportPath(namespace))).findings ?? [];
  const expectNamed = async (baseline: AnyObject, namespace: string, names: readonly string[]): Promise<void> => {
    const [worst] = baseline.status.worst;
    expect(worst).to.deep.include({ namespace, reason: 'ForeignPolicyOpensNamespace', severity: 'critical' });
    for (const name of names) expect(worst.message).to.contain(name);
    await eventually(async () => {
      const [finding] = await findings(namespace);
      expect(finding).to.deep.include({ reason: 'ForeignPolicyOpensNamespace', result: 'fail', baseline: REPORTING });
      for (const name of names) expect(finding?.message).to.contain(name);
    });
  };

  it('THREATS 20: one that allows all is told within a second, by name, and Compliant when it is gone', async () => {
    const startedMs = performance.now();
    await plant('reported', 'open-sesame', ALLOW_ALL);
    const baseline = await untilCondition(world(), REPORTING, 'Compliant', 'False', 1000);
    console.log(`      Compliant=False ${Math.round(performance.now() - startedMs)} ms after it was planted`);
    await expectNamed(baseline, 'reported', ['open-sesame']);
    expect(baseline.status.namespaces).to.deep.include({ governed: 2, compliant: 1, drifted: 1 });
    // Posture never fails a GitOps sync.
    await untilCondition(world(), REPORTING, 'Ready', 'True');
    await uproot('reported', 'open-sesame');
    await untilCondition(world(), REPORTING, 'Compliant', 'True');
    await eventually(async () => expect(await findings('reported')).to.deep.equal([]));
  });

  it('THREATS 20: two that open only together are told, and one of them gone is enough', async () => {
    await plant('reported', 'lower-half', from('0.0.0.0/1'));
    await untilQuiet(world(), 500);
    expect(await findings('reported')).to.deep.equal([]);
    await plant('reported', 'upper-half', from('128.0.0.0/1'));
    await expectNamed(await untilCondition(world(), REPORTING, 'Compliant', 'False'), 'reported', [
      'lower-half',
      'upper-half',
    ]);
    await uproot('reported', 'lower-half');
    await untilCondition(world(), REPORTING, 'Compliant', 'True');
    await uproot('reported', 'upper-half');
  });

  it('THREATS 20: under Remove one that opens goes, and an innocent one stays', async () => {
    await plant('removed', 'innocent', INNOCENT);
    await plant('removed', 'half', from('0.0.0.0/1'));
    const mark = await world().mark();
    await plant('removed', 'open', ALLOW_ALL);
    await eventually(async () => expect(await world().admin.find(policies('removed', 'open'))).to.equal(undefined));
    await untilCondition(world(), REMOVING, 'Compliant', 'True');
    await untilQuiet(world(), 500);
    const writes = await workSince(world(), mark, 'removed');
    expect(writes.map(({ verb, name }) => [verb, name])).to.deep.equal([['delete', 'open']]);
    const names = (await world().admin.list(policies('removed'))).map(({ metadata }) => metadata.name);
    expect(names).to.have.members([DENY, 'half', 'innocent']);
    const events = await world().admin.list('/apis/events.k8s.io/v1/namespaces/removed/events');
    expect(events.map(({ reason }) => reason)).to.include('ForeignPolicyRemoved');
  });

  it('THREATS 20: at most five go in a minute, then the rest is Contested', async function () {
    this.timeout(120_000);
    const mark = await world().mark();
    // One went in the test before, within the same minute.
    for (let index = 0; index < 8; index += 1) await plant('removed', `open-${index}`, ALLOW_ALL);
    await eventually(async () => {
      const reasons = (await findings('removed')).map(({ reason }) => reason);
      expect(reasons).to.include('Contested');
    });
    const baseline = await untilCondition(world(), REMOVING, 'Compliant', 'False');
    expect(baseline.status.worst[0].namespace).to.equal('removed');
    await sleep(20_000);
    const removals = (await workSince(world(), mark, 'removed')).filter(({ verb }) => verb === 'delete');
    expect(removals).to.have.lengthOf(4);
    await untilCondition(world(), REMOVING, 'Compliant', 'True', 90_000);
    const all = (await workSince(world(), 0, 'removed')).filter(({ verb }) => verb === 'delete');
    const times = all.map(({ at }) => at.getTime());
    for (const [index, atMs] of times.entries()) {
      const before = times[index - 5];
      if (before !== undefined) expect(atMs - before).to.be.at.least(59_000);
    }
  });

  it('THREATS 6: thirty policies too large to judge delay no repair elsewhere, and are unknown', async function () {
    this.timeout(120_000);
    const logged = world().operator().lines().length;
    const rssBefore = await world().operator().rssBytes();
    const took: number[] = [];
    const repair = async (): Promise<void> => {
      await world().admin.delete(policies('beside', DENY));
      const startedMs = performance.now();
      await eventually(async () => expect(await world().admin.find(policies('beside', DENY))).not.to.equal(undefined), {
        everyMs: 2,
      });
      took.push(Math.round(performance.now() - startedMs));
    };
    await repair();
    const size = JSON.stringify(LARGE).length;
    const planting = Promise.all(
      Array.from({ length: LARGE_COUNT }, (_, index) => plant('reported', `large-${index}`, LARGE)),
    );
    let planted = false;
    void planting.then(() => {
      planted = true;
    });
    while (!planted) await repair();
    await repair();
    const rss = await world().operator().rssBytes();
    const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
    console.log(
      `      ${LARGE_COUNT} policies of ${Math.round(size / 1000)} KB; repairs elsewhere: ${took.join(', ')} ms; RSS ${mb(rssBefore)} before, ${mb(rss)} after`,
    );
    const repairs = world()
      .operator()
      .lines()
      .slice(logged)
      .filter(({ message }) => message === 'drift repaired');
    const ownMs = repairs.map(({ ms }) => Number(ms));
    console.log(`      from the event to the acknowledged repair, as the operator logged it: ${ownMs.join(', ')} ms`);
    // Who waits until all are judged waits for as long as planting takes; a busy machine for a second or two.
    expect(Math.max(...took)).to.be.below(8_000);
    const baseline = await untilCondition(world(), REPORTING, 'Compliant', 'Unknown');
    // Deleting the deny beside them again and again may be a contest of its own.
    const worst = baseline.status.worst.filter(({ reason }: { readonly reason: string }) => reason !== 'Contested');
    expect(worst).to.have.lengthOf(1);
    expect(worst[0]).to.deep.include({ namespace: 'reported', reason: 'TooLargeToJudge' });
    await eventually(async () => {
      const found = await findings('reported');
      expect(found).to.have.lengthOf(20);
      expect(new Set(found.map(({ reason, result }) => `${reason} ${result}`))).to.deep.equal(
        new Set(['TooLargeToJudge unknown']),
      );
    });
    expect(rss - rssBefore).to.be.below(150e6);
    await untilQuiet(world());
    const operator = await world().restartOperator();
    await untilQuiet(world());
    const rssAfterRestart = await operator.rssBytes();
    console.log(`      RSS of a new process that lists them: ${mb(rssAfterRestart)}`);
    expect(rssAfterRestart).to.be.below(400e6);
    await repair();
    expect(took.at(-1)).to.be.below(1000);
    for (let index = 0; index < LARGE_COUNT; index += 1) await uproot('reported', `large-${index}`);
    await untilCondition(world(), REPORTING, 'Compliant', 'True');
  });
});
