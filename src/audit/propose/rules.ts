import type { PolicyRule } from '../../k8s/policyRule.ts';
import type { Atom } from './atom.ts';

/**
 * The atoms of one scope as few rules that allow exactly them. Verbs are joined where they are for the same objects, then
 * resources of a group where all else is equal: a product of lists in a rule is one that was used, each pair of it.
 */
export const rulesOf = (atoms: readonly Atom[]): readonly PolicyRule[] => [
  ...resourceRules(atoms),
  ...pathRules(atoms),
];

function resourceRules(atoms: readonly Atom[]): readonly PolicyRule[] {
  const single = atoms.flatMap(({ permission, names }) =>
    permission.type === 'path' ? [] : [{ ...permission, names: names ?? [] }],
  );
  const byObjects = grouped(single, ({ group, resource, names }) => [group, resource, names]);
  const withVerbs = byObjects.map(([first, rest]) => ({
    ...first,
    verbs: sorted([first, ...rest].map(({ verb }) => verb)),
  }));
  const rules = grouped(withVerbs, ({ group, names, verbs }) => [group, names, verbs]).map(([first, rest]) => ({
    apiGroups: [first.group],
    resources: sorted([first, ...rest].map(({ resource }) => resource)),
    ...(first.names.length === 0 ? {} : { resourceNames: first.names }),
    verbs: first.verbs,
  }));
  const orderOf = ({ apiGroups, resources, resourceNames = [], verbs }: (typeof rules)[number]): string =>
    [apiGroups, resources, resourceNames, verbs].map((items) => items.join()).join(' ');
  return rules.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

function pathRules(atoms: readonly Atom[]): readonly PolicyRule[] {
  const single = atoms.flatMap(({ permission }) => (permission.type === 'path' ? [permission] : []));
  const withVerbs = grouped(single, ({ path }) => path).map(([first, rest]) => ({
    path: first.path,
    verbs: sorted([first, ...rest].map(({ verb }) => verb)),
  }));
  return grouped(withVerbs, ({ verbs }) => verbs).map(([first, rest]) => ({
    nonResourceURLs: sorted([first, ...rest].map(({ path }) => path)),
    verbs: first.verbs,
  }));
}

/** Those with equal keys together, in the order of the keys. */
function grouped<T>(items: readonly T[], keyOf: (item: T) => unknown): readonly (readonly [T, readonly T[]])[] {
  const groups = new Map<string, [T, T[]]>();
  for (const item of items) {
    const key = JSON.stringify(keyOf(item));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item, []]);
    else group[1].push(item);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

const sorted = (items: readonly string[]): readonly string[] => [...items].sort();
