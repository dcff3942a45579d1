import { expect } from 'chai';
import type { AuditEvent } from '../../../src/audit/event.ts';
import type { Holder } from '../../../src/audit/propose/grants.ts';
import { grantsOf } from '../../../src/audit/propose/grants.ts';
import { unusedGrants } from '../../../src/audit/propose/unused.ts';
import { usageOf } from '../../../src/audit/usage/usageIndex.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import type { PolicyRule } from '../../../src/k8s/policyRule.ts';
import { event, times } from '../usage/events.ts';
import { use } from './events.ts';

const BOB: Holder = { name: 'bob', groups: ['dev'] };
const RBAC = 'rbac.authorization.k8s.io';

/** A role and a binding of it to bob, in shop unless it is a ClusterRole. */
const granted = (
  rules: readonly PolicyRule[],
  kind = '',
  subjects: readonly object[] = [{ kind: 'User', name: 'bob' }],
): readonly KubeObject[] => {
  const metadata = { name: 'wide', ...(kind === '' ? { namespace: 'shop' } : {}) };
  const apiVersion = `${RBAC}/v1`;
  return [
    { apiVersion, kind: `${kind}Role`, metadata, rules },
    { apiVersion, kind: `${kind}RoleBinding`, metadata, roleRef: { kind: `${kind}Role`, name: 'wide' }, subjects },
  ];
};

const told = (objects: readonly KubeObject[], events: readonly AuditEvent[]) =>
  unusedGrants(grantsOf(objects)(BOB), usageOf(events).subjects.get('bob')?.used ?? []).map(
    ({ grant, verdict, unused, wide }) => ({ binding: grant.binding.kind, verdict, unused, wide }),
  );

const PODS: PolicyRule = { apiGroups: [''], resources: ['pods', 'configmaps'], verbs: ['get', 'list'] };

describe('unusedGrants', () => {
  it('tells each pair of a rule that was not used, as few rules', () => {
    expect(told(granted([PODS]), [use('get', 'pods', 'a'), use('list', 'configmaps', '')])).to.deep.equal([
      {
        binding: 'RoleBinding',
        verdict: 'partly',
        unused: [
          { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
          { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
        ],
        wide: [],
      },
    ]);
  });

  it('tells a grant that was not used at all, and one that was used up', () => {
    const rule = { ...PODS, resources: ['pods'], verbs: ['get'] };
    expect(told(granted([rule]), [use('get', 'secrets', 'a')])[0]).to.include({ verdict: 'unused' });
    expect(told(granted([rule]), [use('get', 'pods', 'a')])[0]).to.include({ verdict: 'used' });
  });

  it('takes what was used elsewhere for no use in a namespace, and a use across namespaces for none of a Role', () => {
    const rule = { ...PODS, resources: ['pods'], verbs: ['list'] };
    expect(told(granted([rule]), [use('list', 'pods', '', 'bank')])[0]).to.include({ verdict: 'unused' });
    expect(told(granted([rule]), [use('list', 'pods', '', '')])[0]).to.include({ verdict: 'unused' });
    expect(told(granted([rule], 'Cluster'), [use('list', 'pods', '', 'bank')])[0]).to.include({ verdict: 'used' });
  });

  it('tells names that were not used, unless there were too many to be kept', () => {
    const rule = { apiGroups: [''], resources: ['configmaps'], verbs: ['get'], resourceNames: ['a', 'b'] };
    const unused = [{ ...rule, resourceNames: ['b'] }];
    expect(told(granted([rule]), [use('get', 'configmaps', 'a')])[0]?.unused).to.deep.equal(unused);
    const many = Array.from({ length: 40 }, (_, index) => use('get', 'configmaps', `n${index}`));
    expect(told(granted([rule]), many)[0]).to.include({ verdict: 'used' });
  });

  it('says of a star that was used that it grants more', () => {
    const star = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
    expect(told(granted([star], 'Cluster'), [use('get', 'pods', 'a')])[0]).to.deep.include({
      verdict: 'used',
      wide: [star],
    });
  });

  it('finds grants by user, group and ServiceAccount, and says which others hold too', () => {
    const shared = (subjects: readonly object[], holder: Holder) =>
      grantsOf(granted([PODS], '', subjects))(holder).map(({ isShared }) => isShared);
    const bot = { name: 'system:serviceaccount:shop:bot', groups: [] };
    expect(shared([{ kind: 'Group', name: 'dev' }], BOB)).to.deep.equal([true]);
    expect(
      shared(
        [
          { kind: 'User', name: 'bob' },
          { kind: 'User', name: 'eve' },
        ],
        BOB,
      ),
    ).to.deep.equal([true]);
    expect(shared([{ kind: 'ServiceAccount', name: 'bot' }], bot), 'of the namespace of its binding').to.deep.equal([
      false,
    ]);
    expect(shared([{ kind: 'Group', name: 'system:serviceaccounts:shop' }], bot)).to.deep.equal([true]);
    expect(shared([{ kind: 'ServiceAccount', name: 'bot', namespace: 'bank' }], bot)).to.deep.equal([]);
    expect(shared([{ kind: 'User', name: 'eve' }], BOB)).to.deep.equal([]);
  });

  it('says nothing of a role that it does not know, and leaves out what all users have', () => {
    const [, binding] = granted([PODS]);
    expect(told([binding as KubeObject], [])[0]).to.include({ verdict: 'unknown' });
    const discovery = granted([PODS], 'Cluster').map((object) => ({
      ...object,
      metadata: { name: 'system:discovery' },
    }));
    expect(told(discovery, [])).to.deep.equal([]);
  });

  it('takes a use for one of each grant that allows it', () => {
    const both = [...granted([PODS]), ...granted([PODS], 'Cluster')];
    expect(told(both, times(2, event())).map(({ verdict }) => verdict)).to.deep.equal(['partly', 'partly']);
  });
});
