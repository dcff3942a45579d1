import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import type { AnyObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { conditionOf, member, shown, staysQuiet, untilQuiet, untilReady } from './support/look.ts';
import { baselinePath, DENY, eventsPath, policies, VIEWER } from './support/paths.ts';
import { declare, denyOnly, FULL_RBAC } from './support/spec.ts';
import { edit, findingsIn, untilFinding } from './supportB/findings.ts';

const both = { ...denyOnly(), rbac: FULL_RBAC };
const AUDIT = { enforcement: 'Audit', ...both };
const NS = 'watched';
/** All that an operator without further rights may write. */
const TELLING = new Set(['securitybaselines/status', 'baselinereports', 'events']);

for (const [what, manifests] of [
  ['under the audit-only overlay', 'manifests/overlays/audit-only'],
  ['under the full rights', 'manifests/base'],
] as const) {
  describe(`A baseline in Audit ${what}`, function () {
    this.timeout(60_000);
    const world = useWorld({ manifests });
    const admin = () => world().admin;
    const other = (writes: readonly AnyObject[]): readonly AnyObject[] =>
      writes.filter(({ resource, subresource }) => !TELLING.has(subresource ? `${resource}/${subresource}` : resource));
    const events = async (reason: string): Promise<readonly AnyObject[]> =>
      (await admin().list(eventsPath(NS))).filter((event) => event.reason === reason);
    const badPolicy = (spec: unknown) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: DENY, namespace: NS },
      spec,
    });

    it('THREATS 29: finds what is missing, and writes nothing but status, reports and Events', async () => {
      await member(world(), NS, NS);
      await declare(world(), NS, AUDIT);
      const baseline = await untilReady(world(), NS, 1);
      // The report follows the status: it gives way to repairs.
      await untilFinding(world(), NS, 'Missing');
      const missing = (await findingsIn(world(), NS)).filter(({ reason }) => reason === 'Missing');
      expect(missing.map(({ object }) => object.split('-4')[0]).toSorted()).to.deep.equal([
        `NetworkPolicy ${NS}/${DENY}`,
        `Role ${NS}/${VIEWER}`,
        `RoleBinding ${NS}/drawbridge-viewers`,
      ]);
      expect(conditionOf(baseline, 'Compliant')).to.deep.include({ status: 'False', reason: 'FindingsPresent' });
      expect(conditionOf(baseline, 'Stalled')).to.equal(undefined);
      expect(conditionOf(baseline, 'Reconciling')).to.equal(undefined);
      await eventually(async () => expect(await events('DriftDetected')).to.have.lengthOf(3));
      const writes = await world().writesSince(0, { all: true });
      expect(shown(other(writes as unknown as AnyObject[]) as never)).to.deep.equal([]);
      expect(shown(writes.filter(({ code }) => code >= 400))).to.deep.equal([]);
      expect(await admin().list(policies(NS))).to.deep.equal([]);
    });

    it('THREATS 29: tells drift as it happens, once, and not at each look', async () => {
      await admin().create(badPolicy({ podSelector: {}, policyTypes: ['Ingress'] }));
      await untilFinding(world(), NS, 'Modified', { object: `NetworkPolicy ${NS}/${DENY}` });
      await untilQuiet(world());
      const before = await events('DriftDetected');
      const mark = await world().mark();
      for (let look = 0; look < 3; look += 1) {
        await admin().patch(policies(NS, DENY), { metadata: { annotations: { look: `${look}` } } });
      }
      await staysQuiet(world(), mark, 2_000);
      expect(await events('DriftDetected')).to.deep.equal(before);
      expect((await admin().get(policies(NS, DENY))).spec.policyTypes).to.deep.equal(['Ingress']);
    });

    it('THREATS 29: is silent after a restart: what was told is not told again', async () => {
      await untilQuiet(world());
      const mark = await world().mark();
      await world().restartOperator();
      await eventually(async () => expect((await world().operator().health('/readyz')).status).to.equal(200));
      await staysQuiet(world(), mark, 3_000);
    });

    it('is Compliant once somebody else has put right what it found', async () => {
      await edit(world(), NS, { rbac: null });
      const labels = {
        'app.kubernetes.io/managed-by': 'drawbridge',
        'drawbridge.dev/baseline': NS,
        'drawbridge.dev/control': 'network.default-deny',
      };
      const policy = badPolicy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
      await admin().update({ ...policy, metadata: { ...policy.metadata, labels } });
      await eventually(async () => {
        const compliant = conditionOf(await world().baseline(NS), 'Compliant');
        expect(compliant?.status, JSON.stringify(await findingsIn(world(), NS))).to.equal('True');
      });
      // The report follows the status; each is written at most once a second.
      await eventually(async () => expect(await findingsIn(world(), NS)).to.deep.equal([]));
      await admin().delete(policies(NS, DENY));
      await untilFinding(world(), NS, 'Missing');
      expect(await admin().find(policies(NS, DENY))).to.equal(undefined);
      const missing = { baseline: NS, change: 'deleted' };
      expect(await world().operator().metric('drawbridge_drift_detected_total', missing)).to.equal(1);
      expect(await world().operator().metric('drawbridge_repairs_total')).to.equal(0);
    });

    it('THREATS 3: keeps nobody from deleting it, under deletionPolicy Delete either', async () => {
      await declare(world(), 'deletable', { ...AUDIT, deletionPolicy: 'Delete' });
      await untilReady(world(), 'deletable', 0);
      expect((await world().baseline('deletable')).metadata.finalizers).to.equal(undefined);
      await admin().delete(baselinePath('deletable'));
      await eventually(async () => expect(await admin().find(baselinePath('deletable'))).to.equal(undefined));
    });
  });
}

describe('A baseline in Enforce under the audit-only overlay', function () {
  this.timeout(60_000);
  const world = useWorld({ manifests: 'manifests/overlays/audit-only' });

  it('THREATS 18: is Stalled with the right that is missing, and does not storm', async () => {
    for (const name of ['one', 'two', 'three']) await member(world(), name, NS);
    await declare(world(), NS, { ...both, deletionPolicy: 'Delete' });
    await eventually(async () => {
      const baseline = await world().baseline(NS);
      expect(conditionOf(baseline, 'Stalled'), JSON.stringify(baseline.status)).to.deep.include({
        status: 'True',
        reason: 'MissingRight',
        observedGeneration: 1,
      });
      expect(conditionOf(baseline, 'Stalled')?.message).to.match(/cannot create resource "(networkpolicies|roles)"/);
      expect(baseline.status.namespaces).to.deep.include({ governed: 3, failed: 3 });
    });
    await untilFinding(world(), 'one', 'MissingRight');
    const mark = await world().mark();
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const tries = await world().writesSince(mark, { all: true });
    console.log(`      ${tries.length} writes tried in 6 s for three namespaces`);
    expect(tries.length, shown(tries).join('; ')).to.be.below(40);
    expect(tries.filter(({ resource }) => resource === 'securitybaselines').length, 'the finalizer').to.be.below(5);
    expect(
      shown(await world().writesSince(0)).filter((line) => !/baselinereports|events|status/.test(line)),
    ).to.deep.equal([]);
  });
});
