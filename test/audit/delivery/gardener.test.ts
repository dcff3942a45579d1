import { expect } from 'chai';
import fc from 'fast-check';
import { catchAll } from '../../../src/audit/compile/bounds.ts';
import type { GardenerFacts } from '../../../src/audit/delivery/gardener.ts';
import { planGardener } from '../../../src/audit/delivery/gardener.ts';
import type { AuditPolicy } from '../../../src/audit/policy.ts';
import { readPolicy } from '../../../src/audit/readPolicy.ts';
import { record, text } from '../../../src/k8s/json.ts';
import { sha256 } from '../../../src/kube/sha256.ts';
import { anyPublished } from './arbitraryDelivery.ts';

const facts: GardenerFacts = { namespace: 'garden-shop', shoot: 'web', minor: 31, hash: sha256 };
const policy: AuditPolicy = { rules: [catchAll('Metadata')], omitStages: [], omitManagedFields: false };

describe('planGardener', () => {
  // Shoots are served by an API server of Gardener's own: there is no CRD to hold this against.
  it('gives the ConfigMap and the patch of the Shoot as Gardener documents them', () => {
    const { verdict, losses, manifests } = planGardener(policy, facts);
    expect([verdict, losses]).to.deep.equal(['meets', []]);
    const [map, shoot] = manifests;
    const name = map?.object.metadata.name ?? '';
    expect(map).to.deep.equal({
      how: 'apply',
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: 'garden-shop' },
        immutable: true,
        data: { policy: 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- {"level":"Metadata"}\n' },
      },
    });
    expect(shoot).to.deep.equal({
      how: 'patch',
      object: {
        apiVersion: 'core.gardener.cloud/v1beta1',
        kind: 'Shoot',
        metadata: { name: 'web', namespace: 'garden-shop' },
        spec: { kubernetes: { kubeAPIServer: { auditConfig: { auditPolicy: { configMapRef: { name } } } } } },
      },
    });
  });

  it('holds each published policy as a server reads it, under a name that changes with it', () => {
    fc.assert(
      fc.property(anyPublished, (published) => {
        const [map] = planGardener(published, facts).manifests;
        const held = text(record(map?.object.data).policy);
        expect(readPolicy(held, 31)).to.deep.equal({ policy: published, mistakes: [] });
        expect(map?.object.metadata.name).to.equal(`drawbridge-audit-policy-${sha256(held).slice(0, 16)}`);
      }),
      { numRuns: 200 },
    );
  });

  const star = { group: '*', resources: [], resourceNames: [] };
  for (const [what, refused, said] of [
    ['without rules, over which API servers end', { ...policy, rules: [] }, 'rules: there must be one at least'],
    [
      'with a star for the group, of which servers before 1.36 know nothing',
      { ...policy, rules: [{ ...catchAll('Metadata'), resources: [star] }] },
      'rules[0].resources[0].group: ',
    ],
    [
      'that is too large',
      { ...policy, rules: Array.from({ length: 9000 }, () => catchAll('RequestResponse')) },
      'more than 200000 characters',
    ],
  ] as const) {
    it(`gives nothing to apply for a policy ${what}`, () => {
      const { verdict, manifests, steps } = planGardener(refused, facts);
      expect([verdict, manifests]).to.deep.equal(['cannot', []]);
      expect(steps.join('\n')).to.contain(said);
    });
  }

  it('takes the star for servers that know it', () => {
    const starred: AuditPolicy = { ...policy, rules: [{ ...catchAll('Metadata'), resources: [star] }] };
    expect(planGardener(starred, { ...facts, minor: 36 }).verdict).to.equal('meets');
  });

  it('says that the ConfigMap comes first, and how the roll-out is started at once', () => {
    const said = planGardener(policy, facts).steps.join('\n');
    expect(said).to.match(/apply ConfigMap drawbridge-audit-policy-[0-9a-f]{16} first/);
    expect(said).to.contain('annotate shoot web gardener.cloud/operation=reconcile');
  });
});
