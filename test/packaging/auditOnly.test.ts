import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { readManifests } from '../support/kubeAdmin/manifests.ts';
import { useWorld } from '../support/world.ts';

const SAMPLE = join(import.meta.dirname, '../../manifests/samples/restricted.yaml');

describe('The audit-only overlay (THREATS 29)', function () {
  this.timeout(60_000);
  const world = useWorld({ manifests: 'manifests/overlays/audit-only', operatorArgs: ['--leader-elect'] });

  it('judges a namespace and writes status, reports, Events and its own Lease, nothing else', async () => {
    const { admin } = world();
    const [sample] = readManifests(SAMPLE);
    if (sample === undefined) throw new Error('no sample');
    await admin.create({ ...sample, spec: { ...(sample.spec as object), enforcement: 'Audit' } });
    await world().namespace('payments', { baseline: 'restricted', team: 'payments' });
    const { status } = await eventually(async () => {
      const found = await world().baseline('restricted');
      expect(found.status.namespaces, JSON.stringify(found.status)).to.include({ governed: 1, drifted: 1 });
      return found;
    });
    const ready = status.conditions.find(({ type }: { type: string }) => type === 'Ready');
    expect(ready.status, ready.message).to.equal('True');
    await eventually(async () => {
      const report = await admin.get('/apis/drawbridge.dev/v1alpha1/namespaces/payments/baselinereports/drawbridge');
      expect(report.state).to.equal('Drifted');
    });
    // The audit log has a write a moment after its answer.
    await eventually(async () => {
      const written = (await world().writesSince(0, { all: true })).map(({ verb, resource, subresource = '' }) =>
        resource === 'securitybaselines' ? `${verb} ${resource}/${subresource}` : resource,
      );
      expect([...new Set(written)].sort()).to.deep.equal([
        'baselinereports',
        'events',
        'leases',
        'patch securitybaselines/status',
      ]);
    });
    expect(await admin.list('/apis/networking.k8s.io/v1/namespaces/payments/networkpolicies')).to.deep.equal([]);
  });
});
