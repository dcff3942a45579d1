import { expect } from 'chai';
import fc from 'fast-check';
import { neverGrantable } from '../../src/core/control/grantable.ts';
import type { PolicyRule } from '../../src/k8s/policyRule.ts';
import { covers } from '../../src/k8s/rbac/covers.ts';

const rule = (apiGroups: string[], resources: string[], verbs: string[], resourceNames: string[] = []): PolicyRule => ({
  apiGroups,
  resources,
  verbs,
  resourceNames,
});
const pods = (...verbs: string[]): PolicyRule => rule([''], ['pods'], verbs);

describe('THREATS 9: rules that cover a rule', () => {
  it('cover it as the API server would', () => {
    const cases: readonly (readonly [string, readonly PolicyRule[], PolicyRule, boolean])[] = [
      ['nothing covers nothing but nothing', [], pods('get'), false],
      ['a rule covers itself', [pods('get')], pods('get'), true],
      ['more verbs cover fewer', [pods('get', 'list')], pods('get'), true],
      ['fewer verbs do not cover more', [pods('get')], pods('get', 'list'), false],
      ['two rules cover together', [pods('get'), pods('list')], pods('get', 'list'), true],
      ['another group is another resource', [rule(['apps'], ['pods'], ['get'])], pods('get'), false],
      ['all verbs cover any', [pods('*')], pods('get', 'delete'), true],
      ['any verbs do not cover all', [pods('get', 'delete')], pods('*'), false],
      ['all resources cover subresources', [rule([''], ['*'], ['get'])], rule([''], ['pods/log'], ['get']), true],
      ['a resource does not cover its subresources', [pods('get')], rule([''], ['pods/log'], ['get']), false],
      [
        'a subresource of all covers that of one',
        [rule(['*'], ['*/scale'], ['get'])],
        rule(['apps'], ['deployments/scale'], ['get']),
        true,
      ],
      [
        'a subresource of all does not cover another',
        [rule(['*'], ['*/scale'], ['get'])],
        rule(['apps'], ['deployments/status'], ['get']),
        false,
      ],
      [
        'all subresources of one mean nothing',
        [rule([''], ['pods/*'], ['get'])],
        rule([''], ['pods/log'], ['get']),
        false,
      ],
      ['no names cover a name', [pods('get')], rule([''], ['pods'], ['get'], ['a']), true],
      ['a name does not cover no names', [rule([''], ['pods'], ['get'], ['a'])], pods('get'), false],
      [
        'names cover fewer names',
        [rule([''], ['pods'], ['get'], ['a', 'b'])],
        rule([''], ['pods'], ['get'], ['b']),
        true,
      ],
      [
        'URLs cover by prefix',
        [{ verbs: ['get'], nonResourceURLs: ['/healthz*'] }],
        { verbs: ['get'], nonResourceURLs: ['/healthz/etcd'] },
        true,
      ],
      ['URLs are not resources', [rule(['*'], ['*'], ['*'])], { verbs: ['get'], nonResourceURLs: ['/metrics'] }, false],
    ];
    for (const [title, owner, wanted, expected] of cases) expect(covers(owner, wanted), title).to.equal(expected);
  });

  /** The RBAC authorizer (pkg/apis/rbac/v1/evaluation_helpers.go), on every request of a small world. */
  interface Request {
    readonly verb: string;
    readonly group: string;
    readonly resource: string;
    readonly name: string;
  }
  const allows = (rules: readonly PolicyRule[], request: Request): boolean =>
    rules.some(
      (r) =>
        [request.verb, '*'].some((verb) => r.verbs.includes(verb)) &&
        [request.group, '*'].some((group) => r.apiGroups?.includes(group)) &&
        (['*', request.resource].some((resource) => r.resources?.includes(resource)) ||
          (request.resource.includes('/') && r.resources?.includes(`*/${request.resource.split('/')[1]}`))) &&
        ((r.resourceNames ?? []).length === 0 || r.resourceNames?.includes(request.name)),
    );
  // `new…` is in no rule: only a wildcard, or no names, allows it.
  const VERBS = ['get', 'list', 'newverb'];
  const GROUPS = ['', 'apps', 'newgroup'];
  const RESOURCES = ['pods', 'pods/log', 'jobs', 'jobs/scale', 'newresource', 'newresource/log', 'newresource/scale'];
  const NAMES = ['a', 'b', 'newname'];
  const world: readonly Request[] = VERBS.flatMap((verb) =>
    GROUPS.flatMap((group) => RESOURCES.flatMap((resource) => NAMES.map((name) => ({ verb, group, resource, name })))),
  );
  const some = (...items: string[]) => fc.uniqueArray(fc.constantFrom(...items), { minLength: 1, maxLength: 3 });
  const anyRule: fc.Arbitrary<PolicyRule> = fc.record({
    verbs: some('get', 'list', '*'),
    apiGroups: some('', 'apps', '*'),
    resources: some('pods', 'pods/log', 'jobs', 'jobs/scale', '*/log', '*/scale', '*'),
    resourceNames: fc.uniqueArray(fc.constantFrom('a', 'b')),
  });

  it('cover it exactly when they allow every request that it allows', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 4 }), anyRule, (owner, wanted) => {
        const semantic = world.every((request) => !allows([wanted], request) || allows(owner, request));
        expect(covers(owner, wanted)).to.equal(semantic);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('THREATS 9: rules that are never handed out', () => {
  it('bind, escalate or impersonate', () => {
    for (const verb of ['bind', 'escalate', 'impersonate', 'impersonate:user-info', 'impersonate-on:user-info:list']) {
      expect(neverGrantable(pods('get', verb))).to.equal(`the verb ${verb} hands out more than itself`);
    }
  });

  it('have a wildcard anywhere', () => {
    const wild = [
      pods('*'),
      rule(['*'], ['pods'], ['get']),
      rule([''], ['*'], ['get']),
      rule(['apps'], ['*/scale'], ['get']),
      rule([''], ['pods/*'], ['get']),
    ];
    for (const each of wild) expect(neverGrantable(each), JSON.stringify(each)).to.include('wildcard');
  });

  it('write what upholds the baseline', () => {
    const guarded: readonly (readonly [string, string])[] = [
      ['', 'namespaces'],
      ['', 'namespaces/finalize'],
      ['networking.k8s.io', 'networkpolicies'],
      ['extensions', 'networkpolicies'],
      ['rbac.authorization.k8s.io', 'roles'],
      ['rbac.authorization.k8s.io', 'rolebindings'],
      ['rbac.authorization.k8s.io', 'clusterroles'],
      ['rbac.authorization.k8s.io', 'clusterrolebindings'],
      ['drawbridge.dev', 'baselinereports'],
      ['drawbridge.dev', 'whatever'],
    ];
    for (const [group, resource] of guarded) {
      for (const verb of ['create', 'update', 'patch', 'delete', 'deletecollection']) {
        const wanted = rule(['apps', group], ['deployments', resource], ['get', verb]);
        expect(neverGrantable(wanted), `${verb} ${group}/${resource}`).to.include(`${verb} on `);
      }
      expect(neverGrantable(rule([group], [resource], ['get', 'list', 'watch']))).to.equal(undefined);
    }
  });

  it('are not those of other groups and resources', () => {
    expect(neverGrantable(rule(['iam.aws.crossplane.io'], ['roles'], ['create']))).to.equal(undefined);
    expect(neverGrantable(rule(['apps'], ['deployments', 'deployments/scale'], ['update', 'delete']))).to.equal(
      undefined,
    );
  });
});
