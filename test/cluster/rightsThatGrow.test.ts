import { expect } from 'chai';
import type { PolicyRule } from '../../src/k8s/policyRule.ts';
import { rightsOf } from '../../src/k8s/rbac/grantedRights.ts';
import { grant } from '../audit/leastPrivilege/reviews.ts';
import type { KubeAdmin, KubeResponse } from '../support/kubeAdmin.ts';
import { kubeAdmin } from '../support/kubeAdmin.ts';
import { useSharedControlPlane } from '../support/sharedControlPlane.ts';

const RBAC = 'rbac.authorization.k8s.io';
const NAMESPACE = 'default';
const BINDINGS = `/apis/${RBAC}/v1/namespaces/${NAMESPACE}/rolebindings`;
const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;
const SECRET = { name: 'grows', data: { password: 'aHVudGVyMg==' } };
const DRY = { dryRun: 'All' };

/** One request of a verb, in the form in which its answer shows the most. */
const asking: Readonly<Record<string, (who: KubeAdmin) => Promise<KubeResponse>>> = {
  get: (who) => who.request('GET', `${SECRETS}/${SECRET.name}`),
  list: (who) => who.request('GET', SECRETS),
  create: (who) =>
    who.request('POST', SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } }, { query: DRY }),
  update: (who) =>
    who.request(
      'PUT',
      `${SECRETS}/${SECRET.name}`,
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: SECRET.name } },
      { query: DRY },
    ),
  patch: (who) => who.request('PATCH', `${SECRETS}/${SECRET.name}`, {}, { query: DRY }),
  // What a finalizer holds up is shown.
  delete: (who) =>
    who.request('DELETE', `${SECRETS}/${SECRET.name}`, undefined, {
      query: { ...DRY, propagationPolicy: 'Foreground' },
    }),
  deletecollection: (who) => who.request('DELETE', SECRETS, undefined, { query: DRY }),
};

describe('Rights that come to more than they say, on a real API server', function () {
  this.timeout(60_000);
  const controlPlane = useSharedControlPlane();
  let admin: KubeAdmin;
  before(async () => {
    admin = kubeAdmin(controlPlane().kubeconfig);
    await admin.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: SECRET.name, namespace: NAMESPACE },
      data: SECRET.data,
    });
  });
  after(() => admin.close());

  /** Users who hold one rule each, by a Role. */
  const holders = async (rules: Readonly<Record<string, readonly PolicyRule[]>>): Promise<void> => {
    await grant(
      admin,
      Object.entries(rules).flatMap(([user, some]) => {
        const head = { apiVersion: `${RBAC}/v1`, metadata: { name: user, namespace: NAMESPACE } };
        const roleRef = { apiGroup: RBAC, kind: 'Role', name: user };
        const subjects = [{ kind: 'User', apiGroup: RBAC, name: user }];
        return [
          { ...head, kind: 'Role', rules: some },
          { ...head, kind: 'RoleBinding', roleRef, subjects },
        ];
      }),
    );
  };
  const as = (user: string): KubeAdmin => admin.impersonating(user, ['system:authenticated']);

  it('bind on ClusterRoles by a Role makes its holder anything in the namespace', async () => {
    const bind = { apiGroups: [RBAC], resources: ['clusterroles'], verbs: ['bind'], resourceNames: ['cluster-admin'] };
    const make = { apiGroups: [RBAC], resources: ['rolebindings'], verbs: ['create'] };
    const escalate = { ...bind, verbs: ['escalate'] };
    await holders({ 'grows-binder': [bind, make], 'grows-escalator': [escalate, make], 'grows-maker': [make] });
    const climb = async (user: string): Promise<number> => {
      const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: 'cluster-admin' };
      const subjects = [{ kind: 'User', apiGroup: RBAC, name: user }];
      const body = {
        apiVersion: `${RBAC}/v1`,
        kind: 'RoleBinding',
        metadata: { name: `${user}-up` },
        roleRef,
        subjects,
      };
      return (await as(user).request('POST', BINDINGS, body)).status;
    };
    for (const [user, rule] of [
      ['grows-binder', bind],
      ['grows-escalator', escalate],
    ] as const) {
      const climbs = (await climb(user)) === 201;
      expect(rightsOf([rule]).inNamespace.includes('escalate'), user).to.equal(climbs);
    }
    expect(await climb('grows-maker')).to.equal(403);
    expect((await as('grows-binder').request('GET', SECRETS)).status).to.equal(200);
  });

  it('each verb by which a Secret is shown is one that reads it', async () => {
    const rule = (verb: string): PolicyRule => ({ apiGroups: [''], resources: ['secrets'], verbs: [verb] });
    const verbs = Object.keys(asking);
    await holders(Object.fromEntries(verbs.map((verb) => [`grows-${verb}`, [rule(verb)]])));
    const shown: string[] = [];
    for (const verb of verbs) {
      const { status, body } = (await asking[verb]?.(as(`grows-${verb}`))) ?? { status: 0, body: {} };
      expect(status, `${verb} ${JSON.stringify(body)}`).to.be.within(200, 299);
      if (JSON.stringify(body).includes(SECRET.data.password)) shown.push(verb);
    }
    expect(shown).to.include.members(['get', 'list']);
    expect(verbs.filter((verb) => rightsOf([rule(verb)]).inNamespace.includes('secrets-read'))).to.deep.equal(shown);
  });
});
