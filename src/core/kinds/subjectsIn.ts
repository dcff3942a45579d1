import { list, record, text } from '../../k8s/json.ts';
import { isSystemNamespace } from '../govern/systemNamespaces.ts';
import type { BoundSubjects } from '../model/bodies.ts';
import { quoteForeign } from '../model/finding.ts';

const MAX_NAMED = 5;

/** Names that stand for everybody, or for somebody whom RBAC never refuses anything. */
const EVERYBODY: ReadonlySet<string> = new Set([
  'system:anonymous',
  'system:unauthenticated',
  'system:authenticated',
  'system:serviceaccounts',
  'system:masters',
]);

/** Roles that the server and kubeadm make, or somebody who may write ClusterRoles anyway. */
const SYSTEM_ROLE = /^(system|kubeadm):/;

/**
 * Who is bound to a role, reduced to what matters: whether it is everybody, and whom to name. The platform's own are left
 * out: ServiceAccounts of its namespaces, but for `default`, which every pod gets there; with roles of the system also its
 * users and groups. A node that may do anything is none of that.
 */
export function subjectsIn(subjects: unknown, role: string): BoundSubjects {
  const isSystemRole = SYSTEM_ROLE.test(role);
  const everybody = new Set<string>();
  const named: string[] = [];
  let more = 0;
  for (const subject of list(subjects)) {
    const { kind, name, namespace } = plain(subject);
    if (kind !== 'ServiceAccount' && EVERYBODY.has(name)) everybody.add(name);
    else if (isPlatform(kind, name, namespace, isSystemRole)) continue;
    else if (named.length === MAX_NAMED) more += 1;
    else named.push(`${kind} ${quoteForeign(kind === 'ServiceAccount' ? `${namespace}/${name}` : name)}`);
  }
  return { named, more, everybody: [...everybody].sort() };
}

/** A User may spell a ServiceAccount, and a Group all of a namespace. */
function plain(subject: unknown): { readonly kind: string; readonly name: string; readonly namespace: string } {
  const { kind, name, namespace } = record(subject);
  const [, account, of] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(text(name)) ?? [];
  return kind === 'User' && account !== undefined
    ? { kind: 'ServiceAccount', name: of ?? '', namespace: account }
    : { kind: text(kind), name: text(name), namespace: text(namespace) };
}

function isPlatform(kind: string, name: string, namespace: string, isSystemRole: boolean): boolean {
  if (kind === 'ServiceAccount') return isSystemNamespace(namespace, '') && (name !== 'default' || isSystemRole);
  if (!isSystemRole) return false;
  const [, accountsOf] = /^system:serviceaccounts:([^:]+)$/.exec(name) ?? [];
  return accountsOf === undefined ? name.startsWith('system:') : isSystemNamespace(accountsOf, '');
}
