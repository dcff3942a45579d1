import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { renderKustomization } from '../support/install.ts';
import type { AnyObject, NewObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { conditionOf, shown, untilQuiet, untilReady } from './support/look.ts';
import { baselinePath, DENY, policies } from './support/paths.ts';
import { declare, denyOnly } from './support/spec.ts';
import { findingsIn, untilFinding, untilNoFinding } from './supportB/findings.ts';
import { brokenWebhook, noPolicies, refusePolicies, widenPolicies } from './supportB/obstacles.ts';

const NAME = 'refused';
const HEALTHY = ['healthy-a', 'healthy-b'];

describe('Refused writes', function () {
  this.timeout(120_000);
  const world = useWorld();
  const admin = () => world().admin;
  const denyOf = (namespace: string): Promise<AnyObject | undefined> => admin().find(policies(namespace, DENY));
  const untilDenied = (namespace: string, withinMs = 10_000) =>
    eventually(async () => expect((await denyOf(namespace))?.spec.policyTypes).to.have.lengthOf(2), { withinMs });
  const counts = async (): Promise<AnyObject> => (await world().baseline(NAME)).status?.namespaces;
  const untilCounts = (expected: Readonly<Record<string, number>>, withinMs = 10_000) =>
    eventually(async () => expect(await counts()).to.deep.include(expected), { withinMs });
  const label = (namespace: string) =>
    admin().patch(`/api/v1/namespaces/${namespace}`, { metadata: { labels: { baseline: NAME } } });
  const repairsElsewhere = async (): Promise<void> => {
    for (const namespace of HEALTHY) {
      await admin().delete(policies(namespace, DENY));
      await untilDenied(namespace, 2_000);
      const bad = (await findingsIn(world(), namespace)).filter(({ result }) => result !== 'warn');
      expect(bad).to.deep.equal([]);
    }
  };

  before(async () => {
    await declare(world(), NAME, denyOnly());
    for (const namespace of HEALTHY) await world().namespace(namespace, { baseline: NAME });
    await untilReady(world(), NAME, 2);
  });

  for (const [what, obstacle, reason, said] of [
    ['a ResourceQuota', noPolicies, 'RefusedByAdmission', 'exceeded quota'],
    ['a ValidatingAdmissionPolicy (403)', refusePolicies('Forbidden'), 'RefusedByAdmission', 'not in this house'],
    ['a ValidatingAdmissionPolicy (422)', refusePolicies('Invalid'), 'Invalid', 'not in this house'],
    ['a webhook that does not answer', brokenWebhook, 'ServerError', 'failed calling webhook'],
  ] as const) {
    it(`THREATS 18: ${what} fails its own namespace alone, and it heals by itself`, async () => {
      const namespace = `stuck-${reason}-${said.length}`.toLowerCase();
      await world().namespace(namespace, { obstacle: namespace });
      const clear = await obstacle(world(), namespace);
      await label(namespace);
      await untilCounts({ governed: 3, compliant: 2, failed: 1 });
      const finding = await untilFinding(world(), namespace, reason, { object: `NetworkPolicy ${namespace}/${DENY}` });
      expect(finding.message).to.contain(said);
      const baseline = await world().baseline(NAME);
      expect(conditionOf(baseline, 'Ready')).to.deep.include({ status: 'False', reason });
      expect(conditionOf(baseline, 'Ready')?.message).to.contain(`1 of 3 namespaces failed; ${namespace}`);
      expect(conditionOf(baseline, 'Reconciling')?.reason).to.equal('ProgressingWithRetry');
      expect(conditionOf(baseline, 'Stalled')).to.equal(undefined);
      expect(baseline.status.worst[0]).to.deep.include({ namespace, reason });
      await repairsElsewhere();
      const mark = await world().mark();
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      const tries = await world().writesSince(mark, { all: true, resources: ['networkpolicies'] });
      expect(tries.length, shown(tries).join('; ')).to.be.within(0, 8);
      await clear();
      await untilDenied(namespace, 60_000);
      await untilReady(world(), NAME, 3);
      await untilNoFinding(world(), namespace);
      await admin().delete(`/api/v1/namespaces/${namespace}`);
      await untilReady(world(), NAME, 2);
    });
  }

  it('THREATS 18: an edit that cannot be repaired is retried, and told, until it can', async () => {
    const namespace = 'stuck-repair';
    await world().namespace(namespace, { baseline: NAME, obstacle: namespace });
    await untilDenied(namespace);
    await untilReady(world(), NAME, 3);
    const clear = await refusePolicies('Forbidden', 'system:serviceaccount:')(world(), namespace);
    await admin().patch(policies(namespace, DENY), { spec: { ingress: [{}] } });
    const finding = await untilFinding(world(), namespace, 'RefusedByAdmission');
    expect(finding).to.deep.include({ severity: 'high', result: 'fail' });
    const failed = { baseline: NAME, result: 'failed' };
    expect(await world().operator().metric('drawbridge_repairs_total', failed)).to.be.at.least(1);
    await clear();
    await eventually(async () => expect((await denyOf(namespace))?.spec.ingress).to.equal(undefined), {
      withinMs: 60_000,
    });
    await untilNoFinding(world(), namespace);
    await admin().delete(`/api/v1/namespaces/${namespace}`);
    await untilReady(world(), NAME, 2);
  });

  it('THREATS 18: a right taken from the operator stalls the baseline with MissingRight, and heals when it is back', async () => {
    const role = (await renderKustomization('manifests/base')).find(
      ({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === 'drawbridge',
    ) as NewObject & { readonly rules: readonly AnyObject[] };
    const rules = role.rules.map((rule) =>
      rule.resources.includes('networkpolicies') && rule.verbs.includes('create')
        ? { ...rule, verbs: ['update', 'delete'] }
        : rule,
    );
    await admin().apply({ ...role, rules });
    await eventually(async () => {
      await admin().delete(policies('healthy-a', DENY));
      const stalled = conditionOf(await world().baseline(NAME), 'Stalled');
      expect(stalled).to.deep.include({ status: 'True', reason: 'MissingRight' });
      expect(stalled?.message).to.contain('healthy-a');
      expect(stalled?.message).to.contain('cannot create resource "networkpolicies"');
    });
    const baseline = await world().baseline(NAME);
    expect(conditionOf(baseline, 'Ready')).to.deep.include({ status: 'False', reason: 'MissingRight' });
    expect(conditionOf(baseline, 'Reconciling')).to.equal(undefined);
    // What is still allowed is still done.
    await admin().patch(policies('healthy-b', DENY), { spec: { egress: [{}] } });
    await eventually(async () => expect((await denyOf('healthy-b'))?.spec.egress).to.equal(undefined));
    await admin().apply(role);
    await untilDenied('healthy-a', 60_000);
    await untilReady(world(), NAME, 2);
    await untilNoFinding(world(), 'healthy-a', 'MissingRight');
  });

  it('THREATS 10: what admission widens as we write it is critical, is not fought in a storm, and heals', async () => {
    const namespace = 'mutated';
    await world().namespace(namespace, { obstacle: namespace });
    const clear = await widenPolicies(world(), namespace);
    await untilQuiet(world());
    const mark = await world().mark();
    await label(namespace);
    const finding = await untilFinding(world(), namespace, 'ChangedByAdmission');
    expect(finding).to.deep.include({ severity: 'critical', result: 'fail', control: 'network.default-deny' });
    expect((await denyOf(namespace))?.spec.ingress).to.deep.equal([{}]);
    await untilCounts({ governed: 3, compliant: 2, drifted: 1 });
    expect(conditionOf(await world().baseline(NAME), 'Compliant')?.status).to.equal('False');
    await repairsElsewhere();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    const tries = (await world().writesSince(mark, { all: true })).filter((write) => write.namespace === namespace);
    const ours = tries.filter(({ resource }) => resource === 'networkpolicies');
    console.log(`      ${ours.length} writes while admission changed them`);
    expect(ours.length, shown(ours).join('; ')).to.be.within(2, 8);
    const repaired = await world().operator().metric('drawbridge_repairs_total', { result: 'repaired' });
    // A baseline that rests looks no more often than any other, whatever it remembers.
    await admin().patch(baselinePath(NAME), { spec: { suspend: true } });
    await untilQuiet(world());
    const looks = () => world().operator().metric('controller_runtime_reconcile_total', { controller: 'namespaces' });
    const before = await looks();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect((await looks()) - before, 'looks while suspended').to.be.at.most(2);
    await admin().patch(baselinePath(NAME), { spec: { suspend: false } });
    await clear();
    await eventually(async () => expect((await denyOf(namespace))?.spec.ingress).to.equal(undefined), {
      withinMs: 60_000,
    });
    await untilNoFinding(world(), namespace);
    await untilReady(world(), NAME, 3);
    expect(await world().operator().metric('drawbridge_repairs_total', { result: 'repaired' })).to.equal(repaired);
    await untilQuiet(world());
  });
});
