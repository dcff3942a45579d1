import { expect } from 'chai';
import fc from 'fast-check';
import type { PolicyRule } from '../../../src/k8s/policyRule.ts';
import { allows } from '../../../src/k8s/rbac/allows.ts';
import { ESCALATION_PATHS, escalationsOf } from '../../../src/k8s/rbac/escalationPaths.ts';
import { rightsIn, rightsOf, unionRights } from '../../../src/k8s/rbac/grantedRights.ts';
import { NAMES, rbacRule } from '../../support/arbitrary/rbacRule.ts';

const RBAC = 'rbac.authorization.k8s.io';
type Case = readonly [string, PolicyRule, inNamespace: string, inCluster?: string];

const rule = (group: string, resource: string, verb: string, ...resourceNames: string[]): PolicyRule => ({
  apiGroups: [group],
  resources: [resource],
  verbs: [verb],
  resourceNames,
});

/** Without the last column a ClusterRoleBinding grants the same. */
const CASES: readonly Case[] = [
  ['reading pods is nothing', rule('', 'pods', 'get'), ''],
  ['list shows the contents of secrets', rule('', 'secrets', 'list'), 'secrets-read'],
  ['a patch that changes nothing shows it', rule('', 'secrets', 'patch', 'a'), 'secrets-read'],
  ['so does a deletion that is only tried', rule('', 'secrets', 'delete', 'a'), 'secrets-read'],
  ['and one of all of them', rule('', 'secrets', 'deletecollection'), 'secrets-read'],
  ['to replace one is to know it', rule('', 'secrets', 'update', 'a'), ''],
  ['one secret is one too many', rule('', 'secrets', 'get', 'a'), 'secrets-read'],
  ['a watch of one by its name, too', rule('', 'secrets', 'watch', 'a'), 'secrets-read'],
  ['nobody creates a secret by its name', rule('', 'secrets', 'create', 'a'), ''],
  ['secrets of another group are others', rule('apps', 'secrets', 'get'), ''],
  ['exec by WebSocket is a get', rule('', 'pods/exec', 'get'), 'exec'],
  ['exec into one pod', rule('', 'pods/exec', 'create', 'web-0'), 'exec'],
  ['the exec of everything', rule('', '*/exec', 'create'), 'exec wildcards'],
  ['a star after the slash allows nothing', rule('', 'pods/*', 'create'), 'wildcards'],
  ['any verb on a proxy', rule('', 'services/proxy', 'frobnicate'), 'pod-proxy'],
  ['the kubelet is of no namespace', rule('', 'nodes/proxy', 'get'), '', 'node-proxy'],
  ['making workloads', rule('apps', 'deployments', 'patch'), 'workloads'],
  ['deleting them is no way up', rule('apps', 'deployments', 'delete'), ''],
  ['binding one role of the namespace', rule(RBAC, 'roles', 'bind', 'edit'), 'escalate'],
  ['binding one ClusterRole, in any namespace in which it may', rule(RBAC, 'clusterroles', 'bind', 'edit'), 'escalate'],
  ['escalating cluster roles', rule(RBAC, 'clusterroles', 'escalate'), '', 'escalate'],
  ['becoming a user', rule('', 'users', 'impersonate', 'jane'), '', 'impersonate'],
  ['becoming a ServiceAccount', rule('', 'serviceaccounts', 'impersonate'), 'impersonate'],
  ['a part of becoming one (KEP-5284)', rule('', 'users', 'impersonate:user-info'), '', 'impersonate'],
  ['minting tokens', rule('', 'serviceaccounts/token', 'create', 'x'), 'token-request'],
  ['the labels of a namespace', rule('', 'namespaces', 'patch'), 'namespaces'],
  ['our reports', rule('drawbridge.dev', 'baselinereports', 'update'), 'baselines'],
  ['our baselines', rule('drawbridge.dev', 'securitybaselines', 'patch'), '', 'baselines'],
  ['identities of a cloud', rule('', 'configmaps', 'patch', 'aws-auth'), 'cloud-identities'],
  ['a path with a prefix', { verbs: ['get'], nonResourceURLs: ['/healthz*'] }, ''],
  ['every path', { verbs: ['get'], nonResourceURLs: ['*'] }, '', 'wildcards'],
  ['a star without resources', { verbs: ['*'], apiGroups: ['*'], resources: [] }, ''],
];

const split = (text: string): readonly string[] => (text === '' ? [] : text.split(' '));

describe('What rules come to', () => {
  for (const [name, one, inNamespace, inCluster = inNamespace] of CASES) {
    it(`${name}`, () => {
      const expected = { inNamespace: split(inNamespace), inCluster: split(inCluster) };
      expect(rightsOf([one])).to.deep.equal(expected);
    });
  }

  it('in a namespace leaves out what is about another one', () => {
    const { inNamespace } = rightsOf([rule('', 'configmaps', 'patch'), rule('', 'secrets', 'get')]);
    expect(rightsIn('payments', inNamespace)).to.deep.equal(['secrets-read']);
    expect(rightsIn('kube-system', inNamespace)).to.deep.equal(['cloud-identities', 'secrets-read']);
  });

  it('everything is every path, and says so', () => {
    const { inCluster, inNamespace } = rightsOf([rule('*', '*', '*')]);
    const ids = [...new Set(ESCALATION_PATHS.map(({ id }) => id)), 'everything', 'wildcards'];
    expect(inCluster).to.deep.equal(ids.toSorted());
    expect(inNamespace).to.include.members(['everything', 'secrets-read', 'impersonate', 'escalate']);
    expect(inNamespace).not.to.include('node-proxy');
    expect(rightsOf([rule('*', '*', '*', 'a')]).inCluster).not.to.include('everything');
  });

  it('is the same for a rule of any length (THREATS 6)', () => {
    const many = (item: string) => [...Array.from({ length: 20_000 }, (_, i) => `x${i}`), item];
    const long = { apiGroups: many(''), resources: many('secrets'), verbs: many('get'), resourceNames: many('a') };
    expect(rightsOf([long]).inNamespace).to.deep.equal(['secrets-read']);
  });

  const verbs = [...new Set(ESCALATION_PATHS.flatMap((path) => path.verbs ?? [])), 'frobnicate'];
  const right = fc.constantFrom(
    ...ESCALATION_PATHS.flatMap(({ group = '', resources = ['roles', 'serviceaccounts'] }) =>
      resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb }))),
    ),
  );

  it('has every path that one of the requests it allows opens', () => {
    fc.assert(
      fc.property(fc.array(rbacRule, { maxLength: 3 }), right, fc.constantFrom(...NAMES), (rules, asked, name) => {
        const isNameless =
          asked.verb === 'deletecollection' || (asked.verb === 'create' && !asked.resource.includes('/'));
        const named = isNameless ? '' : name;
        if (!rules.some((one) => allows(one, { type: 'resource', ...asked }, named))) return;
        // A path about any resource is about objects (ruleOpens): who proposes a Role asks about subresources, too.
        const opened = escalationsOf({ ...asked, namespace: '', names: [name] })
          .filter(({ resources }) => resources !== undefined || !asked.resource.includes('/'))
          .map(({ id }) => id);
        expect(rightsOf(rules).inCluster).to.include.members(opened);
      }),
      { numRuns: 5000 },
    );
  });

  it('is that of each rule together, as an aggregated ClusterRole has it', () => {
    fc.assert(
      fc.property(fc.array(rbacRule, { maxLength: 4 }), (rules) => {
        expect(unionRights(rules.map((one) => rightsOf([one])))).to.deep.equal(rightsOf(rules));
      }),
    );
  });
});
