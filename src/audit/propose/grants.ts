import { list, record, text, texts } from '../../k8s/json.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { PolicyRule } from '../../k8s/policyRule.ts';
import { serviceAccountOf } from '../usage/impersonations.ts';

/** What one binding gives a subject. */
export interface Grant {
  readonly binding: { readonly kind: string; readonly namespace: string; readonly name: string };
  readonly role: { readonly kind: string; readonly name: string };
  /** Others hold it too, by a group or by their own names in the same binding: what this one did not use, they may. */
  readonly isShared: boolean;
  /** Where it holds; `''`: in the whole cluster. */
  readonly namespace: string;
  /** Undefined: the role is not among the objects, so that nothing can be said about it. */
  readonly rules: readonly PolicyRule[] | undefined;
}

/** A user as events have it. */
export interface Holder {
  readonly name: string;
  readonly groups: readonly string[];
}

/** What Roles, ClusterRoles and bindings give somebody; any other objects among them say nothing. */
export function grantsOf(objects: readonly KubeObject[]): (holder: Holder) => readonly Grant[] {
  const roles = new Map(objects.map((object) => [roleKey(object.kind, object.metadata), object]));
  const bindings = objects.filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding');
  return (holder) =>
    bindings.flatMap((binding): readonly Grant[] => {
      const subjects = list(binding.subjects).map(record);
      const names = subjects.filter((subject) => isHolder(subject, binding.metadata.namespace, holder));
      if (names.length === 0) return [];
      const namespace = binding.kind === 'RoleBinding' ? (binding.metadata.namespace ?? '') : '';
      const ref = { kind: text(record(binding.roleRef).kind), name: text(record(binding.roleRef).name) };
      const role = roles.get(roleKey(ref.kind, { name: ref.name, namespace }));
      return [
        {
          binding: { kind: binding.kind, namespace, name: binding.metadata.name },
          role: ref,
          isShared: subjects.length > names.length || names.some(({ kind }) => kind === 'Group'),
          namespace,
          rules: role === undefined ? undefined : list(role.rules).map(ruleOf),
        },
      ];
    });
}

const roleKey = (kind: string, { name, namespace }: { readonly name: string; readonly namespace?: string }): string =>
  JSON.stringify([kind, kind === 'Role' ? namespace : '', name]);

function isHolder(
  subject: Readonly<Record<string, unknown>>,
  bindingNamespace: string | undefined,
  { name, groups }: Holder,
): boolean {
  if (subject.kind === 'User') return subject.name === name;
  if (subject.kind === 'Group') return [...groups, ...impliedGroups(name)].includes(text(subject.name));
  const account = serviceAccountOf(name);
  const namespace = text(subject.namespace) || bindingNamespace;
  return subject.kind === 'ServiceAccount' && account?.name === subject.name && account?.namespace === namespace;
}

/** An event that was read without its groups says no less about these. */
const impliedGroups = (name: string): readonly string[] => {
  const account = serviceAccountOf(name);
  return account === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`];
};

const ruleOf = (value: unknown): PolicyRule => {
  const rule = record(value);
  return {
    verbs: texts(rule.verbs),
    apiGroups: texts(rule.apiGroups),
    resources: texts(rule.resources),
    resourceNames: texts(rule.resourceNames),
    nonResourceURLs: texts(rule.nonResourceURLs),
  };
};
