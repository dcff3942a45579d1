import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { PolicyRule } from '../../src/k8s/policyRule.ts';
import { allows } from '../../src/k8s/rbac/allows.ts';
import { namespacedResources } from '../../src/k8s/rbac/clusterScoped.ts';
import { ESCALATION_PATHS } from '../../src/k8s/rbac/escalationPaths.ts';
import { rightsOf } from '../../src/k8s/rbac/grantedRights.ts';
import { each, grant, isReviewed } from '../audit/leastPrivilege/reviews.ts';
import type { RbacRequest } from '../support/arbitrary/rbacRule.ts';
import { rbacRequest, rbacRule, requestNear, resourceRule } from '../support/arbitrary/rbacRule.ts';
import type { KubeAdmin } from '../support/kubeAdmin.ts';
import { kubeAdmin } from '../support/kubeAdmin.ts';
import { useSharedControlPlane } from '../support/sharedControlPlane.ts';

const RBAC = 'rbac.authorization.k8s.io';
const NAMESPACE = 'default';
const ROLES = 40;
const ASKED = 30;
const GOLDEN = join(import.meta.dirname, 'bootstrapRoles.golden.json');

/** A user who holds these rules, in a namespace or everywhere. */
interface Holder {
  readonly user: string;
  readonly kind: 'Role' | 'ClusterRole';
  readonly rules: readonly PolicyRule[];
}

const objectsOf = ({ user, kind, rules }: Holder): readonly KubeObject[] => {
  const metadata = { name: user, ...(kind === 'Role' ? { namespace: NAMESPACE } : {}) };
  const head = { apiVersion: `${RBAC}/v1`, metadata };
  const roleRef = { apiGroup: RBAC, kind, name: user };
  const subjects = [{ kind: 'User', apiGroup: RBAC, name: user }];
  return [
    { ...head, kind, rules },
    { ...head, kind: `${kind}Binding`, roleRef, subjects },
  ];
};

const verdict = ({ rules }: Holder, { verb, group = '', resource = '', name = '', path }: RbacRequest): boolean =>
  rules.some((rule) =>
    allows(rule, path === undefined ? { type: 'resource', verb, group, resource } : { type: 'path', verb, path }, name),
  );

describe('Verdicts on RBAC, beside those of the API server', function () {
  this.timeout(60_000);
  const controlPlane = useSharedControlPlane();
  let admin: KubeAdmin;
  before(() => {
    admin = kubeAdmin(controlPlane().kubeconfig);
  });
  after(() => admin.close());

  it('agree with its SubjectAccessReview on thousands of pairs of random rules and requests', async () => {
    const seed = 7;
    const rules = fc.sample(fc.array(rbacRule, { minLength: 1, maxLength: 3 }), { seed, numRuns: ROLES });
    const inOneNamespace = fc.sample(fc.array(resourceRule, { minLength: 1, maxLength: 3 }), { seed, numRuns: ROLES });
    const holders: readonly Holder[] = [
      ...rules.map((some, i): Holder => ({ user: `verdict-c${i}`, kind: 'ClusterRole', rules: some })),
      ...inOneNamespace.map((some, i): Holder => ({ user: `verdict-r${i}`, kind: 'Role', rules: some })),
    ];
    await grant(admin, holders.flatMap(objectsOf));
    const pairs = holders.flatMap((holder, i) =>
      fc
        .sample(fc.oneof(rbacRequest, ...holder.rules.map(requestNear)), { seed: seed + i, numRuns: ASKED })
        .map((asked) => ({ asked, holder })),
    );
    const judged = await each(pairs, async ({ asked, holder }) => {
      const allowed = await isReviewed(admin, holder.user, [], { ...asked, namespace: NAMESPACE });
      // A Role says nothing of paths.
      const ours = verdict(holder, asked) && !(holder.kind === 'Role' && asked.path !== undefined);
      return { allowed, ours, asked, holder };
    });
    expect(judged.filter(({ allowed, ours }) => allowed !== ours)).to.deep.equal([]);
    const allowed = judged.filter((one) => one.allowed).length;
    expect(judged).to.have.lengthOf.above(2000);
    expect(allowed, 'both verdicts are common').to.be.above(300);
  });

  it('know which resources of escalation paths live in a namespace, as discovery has it', async () => {
    const served = new Map<string, boolean>();
    for (const group of new Set(ESCALATION_PATHS.map((path) => path.group ?? ''))) {
      const root = await admin.find(group === '' ? '/api/v1' : `/apis/${group}`);
      const version = root?.preferredVersion?.groupVersion;
      const list = version === undefined ? root : await admin.get(`/apis/${version}`);
      for (const { name, namespaced } of list?.resources ?? []) served.set(`${group}/${name}`, namespaced);
    }
    const checked = ESCALATION_PATHS.flatMap((path) =>
      (path.resources ?? []).map((resource) => ({
        resource: `${path.group}/${resource}`,
        namespaced: served.get(`${path.group}/${resource}`),
        ours: namespacedResources(path).includes(resource),
      })),
    ).filter(({ namespaced }) => namespaced !== undefined);
    expect(checked).to.have.lengthOf.above(30);
    // A request for one namespace is authorized in it.
    const differ = checked.filter(({ namespaced, ours }) => namespaced !== ours).map(({ resource }) => resource);
    expect(differ).to.deep.equal(['/namespaces', '/namespaces/finalize', '/namespaces/status']);
  });

  it('say of the ClusterRoles that a cluster begins with what they were found to grant', async function () {
    const { major, minor } = await admin.get('/version');
    const version = `${major}.${minor}`;
    const roles = await admin.list(`/apis/${RBAC}/v1/clusterroles`);
    const found = roles
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/bootstrapping'] === 'rbac-defaults')
      .map(({ metadata, rules }) => [metadata.name, rightsOf(rules ?? [])] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    if (process.env.UPDATE_GOLDEN !== undefined) {
      const lines = found.map(([name, rights]) => `    ${JSON.stringify(name)}: ${JSON.stringify(rights)}`);
      writeFileSync(GOLDEN, `{\n  "version": "${version}",\n  "roles": {\n${lines.join(',\n')}\n  }\n}\n`);
    }
    const golden = JSON.parse(readFileSync(GOLDEN, 'utf8'));
    // Another version begins with other ClusterRoles.
    if (golden.version !== version) this.skip();
    expect(Object.fromEntries(found)).to.deep.equal(golden.roles);
  });
});
