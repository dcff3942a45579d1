import { NAME_PREFIX } from '../../api/names.ts';
import type { ForbiddenGrant } from '../../api/types.ts';
import { defineControl } from '../../core/control/control.ts';
import type { View } from '../../core/control/view.ts';
import { worstFirst } from '../../core/control/worstFirst.ts';
import { FACT_KINDS } from '../../core/facts/factsOf.ts';
import { isSystemNamespace } from '../../core/govern/systemNamespaces.ts';
import { bindingBody, roleBody } from '../../core/kinds/projectRights.ts';
import type { BindingBody, RoleBody, WholeBody } from '../../core/model/bodies.ts';
import type { Finding } from '../../core/model/finding.ts';
import { quoteForeign } from '../../core/model/finding.ts';
import type { Entry } from '../../k8s/entry.ts';
import { grouped } from '../../k8s/grouped.ts';
import { rightsIn } from '../../k8s/rbac/grantedRights.ts';
import { hitsOf } from './forbiddenRights.ts';
import {
  clusterRolesUnknown,
  describeSubjects,
  everybodyFinding,
  grantFinding,
  isPlatformOnly,
  joinSubjects,
  tooLargeFinding,
  unboundFinding,
} from './grantFindings.ts';
import { bindingName, roleName } from './names.ts';

const ID = 'rbac.forbidden-grants';

/** Beyond this the verdict is unknown; what was judged until then still counts (THREATS 6). */
const MAX_OBJECTS = 500;

/** Rights are additive: one Role or binding of somebody else can hand out what the baseline's own never would. */
export const forbiddenGrants = defineControl({
  id: ID,
  section: 'rbac',
  stage: 'guard',
  summary: 'Finds Roles and RoleBindings of others that grant what rbac.forbid names, and the ClusterRoles they reach.',
  reads: ['Role', 'RoleBinding', ...FACT_KINDS.clusterRoles],
  writes: [],
  facts: ['clusterRoles'],
  build: () => ({ wanted: [] }),
  inspect(spec, view) {
    const words = spec.forbid ?? [];
    if (words.length === 0) return { findings: [] };
    const planned = new Set((spec.roles ?? []).map(({ name }) => roleName(name)));
    const roles = worstFirst(foreign(view, 'Role', planned), (role) => isGranting(role, words, view));
    const bindings = foreign(view, 'RoleBinding', new Set((spec.roleBindings ?? []).map(bindingName)));
    const judged = worstFirst(bindings.map(judgedBinding), (binding) => reaches(binding, view)).slice(0, MAX_OBJECTS);
    const ofRoles = grouped(judged, ({ roleRef: { kind, name } }) => (kind === 'Role' ? name : ''));
    return {
      findings: [
        ...roles.slice(0, MAX_OBJECTS).flatMap((role) => roleFindings(role, ofRoles.get(role.name) ?? [], words, view)),
        ...judged.flatMap((binding) => bindingFindings(binding, words, view)),
        ...unknownRoles(judged, view),
        ...[roles, bindings].flatMap((all) => tooMany(all, view)),
      ],
    };
  },
});

/** What the plan does not name is somebody else's, whatever its name (THREATS 1). */
const foreign = (view: View, kind: string, planned: ReadonlySet<string>): readonly Entry[] =>
  [...view.liveOf(kind)].filter(({ name }) => !planned.has(name));

const isGranting = (role: Entry, words: readonly ForbiddenGrant[], { namespace }: View): boolean => {
  const { rights, tooLarge } = rightsOfRole(role);
  return tooLarge === true || hitsOf(rightsIn(namespace, rights), words).length > 0;
};

/** To everybody, or to a ClusterRole that comes to anything. */
const reaches = ({ roleRef, subjects, tooLarge }: JudgedBinding, { facts: { clusterRoles } }: View): boolean =>
  tooLarge === true ||
  subjects.everybody.length > 0 ||
  (roleRef.kind === 'ClusterRole' && clusterRoles.known && Object.hasOwn(clusterRoles.value, roleRef.name));

interface JudgedBinding extends BindingBody {
  readonly name: string;
}

/** Under our prefix the whole object is kept, of others only the verdict; both are judged alike (THREATS 1). */
function judgedBinding({ name, body }: Entry): JudgedBinding {
  if (!name.startsWith(NAME_PREFIX)) return { name, ...(body as BindingBody) };
  const { whole } = body as Partial<WholeBody>;
  return { name, ...bindingBody(whole ?? {}, whole === undefined) };
}

function rightsOfRole({ name, body }: Entry): RoleBody {
  if (!name.startsWith(NAME_PREFIX)) return body as RoleBody;
  const { whole } = body as Partial<WholeBody>;
  return whole === undefined ? { rights: [], tooLarge: true } : roleBody(whole.rules);
}

function roleFindings(
  role: Entry,
  bound: readonly JudgedBinding[],
  words: readonly ForbiddenGrant[],
  { namespace }: View,
): readonly Finding[] {
  const ref = { kind: 'Role', namespace, name: role.name };
  const { rights, tooLarge } = rightsOfRole(role);
  if (tooLarge === true) return [tooLargeFinding(ID, ref)];
  const hits = hitsOf(rightsIn(namespace, rights), words);
  if (hits.length === 0) return [];
  const subjects = joinSubjects(bound.map((binding) => binding.subjects));
  // The platform's own Roles, in its namespaces, for its own users.
  const isPlatforms = isPlatformOnly(subjects) && (bound.length > 0 || isSystemNamespace(namespace, ''));
  if (isPlatforms) return [];
  const to = describeSubjects(subjects);
  return hits.map((hit) => (bound.length === 0 ? unboundFinding(ID, ref, hit) : grantFinding(ID, ref, hit, '', to)));
}

function bindingFindings(binding: JudgedBinding, words: readonly ForbiddenGrant[], view: View): readonly Finding[] {
  const { namespace, facts } = view;
  const { name, roleRef, subjects, tooLarge } = binding;
  const ref = { kind: 'RoleBinding', namespace, name };
  if (tooLarge === true) return [tooLargeFinding(ID, ref)];
  if (isPlatformOnly(subjects) || isClusterInfo(view, binding)) return [];
  const role = `${roleRef.kind} ${quoteForeign(roleRef.name)}`;
  const everybody = everybodyFinding(ID, ref, subjects, role);
  if (roleRef.kind !== 'ClusterRole' || !facts.clusterRoles.known) return everybody;
  const known = facts.clusterRoles.value;
  const rights = Object.hasOwn(known, roleRef.name) ? known[roleRef.name] : undefined;
  if (rights === undefined) return everybody;
  const hits = hitsOf(rightsIn(namespace, rights.inNamespace), words);
  const to = describeSubjects(subjects);
  return [
    ...everybody,
    ...hits.map((hit) => grantFinding(ID, ref, hit, `, by ${role}`, to)),
    ...(rights.tooLarge === true ? [tooLargeFinding(ID, ref)] : []),
  ];
}

/** By which kubeadm lets nodes that are to join read how to find the cluster. */
const isClusterInfo = ({ namespace }: View, { name, roleRef }: JudgedBinding): boolean =>
  namespace === 'kube-public' && name === 'kubeadm:bootstrap-signer-clusterinfo' && roleRef.name === name;

/** With no ClusterRole known nobody can say what a binding to one grants. */
function unknownRoles(bindings: readonly JudgedBinding[], { namespace, facts }: View): readonly Finding[] {
  const { clusterRoles } = facts;
  if (clusterRoles.known || !bindings.some(({ roleRef }) => roleRef.kind === 'ClusterRole')) return [];
  return [clusterRolesUnknown(ID, { kind: 'Namespace', namespace: '', name: namespace }, clusterRoles.why)];
}

function tooMany(all: readonly Entry[], { namespace }: View): readonly Finding[] {
  if (all.length <= MAX_OBJECTS) return [];
  return [
    {
      control: ID,
      check: 'SB-RBAC-005',
      severity: 'high',
      result: 'unknown',
      ref: { kind: 'Namespace', namespace: '', name: namespace },
      reason: 'TooLargeToJudge',
      message: `The namespace has ${all.length} ${all[0]?.kind}s of others; only ${MAX_OBJECTS} were judged.`,
    },
  ];
}
