import type { ForbiddenGrant, SecurityBaselineSpec } from '../../api/types.ts';
import type { ClusterControl, ClusterView } from '../../core/control/clusterControl.ts';
import { FACT_KINDS } from '../../core/facts/factsOf.ts';
import type { BindingBody, BoundSubjects, ClusterRoleBody } from '../../core/model/bodies.ts';
import type { Finding } from '../../core/model/finding.ts';
import { quoteForeign } from '../../core/model/finding.ts';
import type { Entry } from '../../k8s/entry.ts';
import { FORBIDDEN_WORDS, hitsOf } from '../rbac/forbiddenRights.ts';
import {
  clusterRolesUnknown,
  describeSubjects,
  everybodyFinding,
  grantFinding,
  isPlatformOnly,
  tooLargeFinding,
} from '../rbac/grantFindings.ts';

const ID = 'posture.cluster-grants';
const READS: readonly string[] = ['ClusterRoleBinding', ...FACT_KINDS.clusterRoles];

/** ClusterRoleBindings reach into every namespace: they are told of once, and not in each (DESIGN §3). */
export const clusterGrants: ClusterControl = {
  id: ID,
  summary: 'Finds ClusterRoleBindings that grant what rbac.forbid or clusterChecks name, aggregation followed.',
  declaredBy: ['spec.rbac.forbid', 'spec.clusterChecks'],
  reads: READS,
  facts: ['clusterRoles'],
  asksApiServer: () => false,
  isAskedBy: (spec) => {
    const { everything, everybody } = askedBy(spec);
    return everything || everybody;
  },
  inspect(spec, view) {
    const asked = askedBy(spec);
    const unread = READS.filter((kind) => !view.knows(kind));
    if (unread.length > 0) return [unreadFinding(unread)];
    const { clusterRoles } = view.facts;
    if (!clusterRoles.known) return [clusterRolesUnknown(ID, DEFAULT_BINDING, clusterRoles.why)];
    const roles = new Map([...view.ofKind('ClusterRole')].map((role) => [role.name, role as Entry<ClusterRoleBody>]));
    return [...(view.ofKind('ClusterRoleBinding') as Iterable<Entry<BindingBody>>)].flatMap((binding) =>
      isOwn(binding.body.subjects, view.ownNamespace) || isDefault(binding)
        ? []
        : findingsOf(binding, asked, view, roles),
    );
  },
};

/** Every cluster begins with it. */
const DEFAULT_BINDING = { kind: 'ClusterRoleBinding', namespace: '', name: 'cluster-admin' };

/** Nothing passes that was not seen. */
const unreadFinding = (kinds: readonly string[]): Finding => ({
  ...clusterRolesUnknown(ID, DEFAULT_BINDING, ''),
  message: `What ClusterRoleBindings grant is not known: no list of ${kinds.join(' and ')} could be had. See whether the operator may list them.`,
});

interface Asked {
  readonly words: readonly ForbiddenGrant[];
  readonly everything: boolean;
  readonly everybody: boolean;
}

function askedBy({ rbac, clusterChecks = [] }: SecurityBaselineSpec): Asked {
  const forbidden = rbac?.forbid ?? [];
  const words = FORBIDDEN_WORDS.filter((word) => forbidden.includes(word) || clusterChecks.includes(word));
  return {
    words,
    everything: words.length > 0 || clusterChecks.includes('ClusterAdmin'),
    everybody: forbidden.length > 0 || clusterChecks.includes('Everybody'),
  };
}

function findingsOf(
  { name, body }: Entry<BindingBody>,
  { words, everything, everybody }: Asked,
  { facts: { clusterRoles } }: ClusterView,
  roles: ReadonlyMap<string, Entry<ClusterRoleBody>>,
): readonly Finding[] {
  const ref = { kind: 'ClusterRoleBinding', namespace: '', name };
  const { roleRef, subjects, tooLarge } = body;
  if (tooLarge === true) return [tooLargeFinding(ID, ref)];
  if (isPlatformOnly(subjects)) return [];
  const role = `ClusterRole ${quoteForeign(roleRef.name)}`;
  const all =
    everybody && !isShipped(roles.get(roleRef.name), subjects) ? everybodyFinding(ID, ref, subjects, role) : [];
  const known = clusterRoles.known ? clusterRoles.value : {};
  const rights = Object.hasOwn(known, roleRef.name) ? known[roleRef.name] : undefined;
  if (rights === undefined) return all;
  const to = describeSubjects(subjects);
  return [
    ...all,
    ...hitsOf(rights.inCluster, words, everything).map((hit) => grantFinding(ID, ref, hit, `, by ${role}`, to)),
    ...(rights.tooLarge === true ? [tooLargeFinding(ID, ref)] : []),
  ];
}

/** The operator's own working rights; what they are, `manifests/base/rbac` says. */
const isOwn = ({ named, more, everybody }: BoundSubjects, ownNamespace: string): boolean =>
  more === 0 &&
  everybody.length === 0 &&
  named.length > 0 &&
  named.every((subject) => subject.startsWith(`ServiceAccount ${ownNamespace}/`));

/**
 * The bindings by which a cluster has administrators at all: of the server itself, and of kubeadm (since 1.29). With
 * anybody else in them they are findings.
 */
function isDefault({ name, body: { roleRef, subjects } }: Entry<BindingBody>): boolean {
  if (roleRef.name !== 'cluster-admin') return false;
  const all = [...subjects.everybody, ...subjects.named].join();
  return (
    (name === 'cluster-admin' && all === 'system:masters') ||
    (name === 'kubeadm:cluster-admins' && all === 'Group kubeadm:cluster-admins')
  );
}

/** What the server lets all its users read about itself; the health endpoints, whoever asks. */
const isShipped = (role: Entry<ClusterRoleBody> | undefined, { everybody, named }: BoundSubjects): boolean =>
  role?.body.shippedToAll === true &&
  named.length === 0 &&
  !everybody.includes('system:masters') &&
  (role.name === 'system:public-info-viewer' || !everybody.some((name) => /anonymous|unauthenticated/.test(name)));
