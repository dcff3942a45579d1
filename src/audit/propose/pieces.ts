import type { PolicyRule } from '../../k8s/policyRule.ts';
import type { Atom } from './atom.ts';
import { rulesOf } from './rules.ts';

/** More of a rule than these are not looked at one by one: a rule with long lists has thousands of millions of pairs. */
const MAX_PIECES = 20_000;

/** A rule as rules with one verb, one group, one resource or path, and one name if it has any. */
export function piecesOf(rule: PolicyRule): readonly PolicyRule[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const names = resourceNames.length === 0 ? [undefined] : resourceNames;
  const size = verbs.length * (apiGroups.length * resources.length * names.length + nonResourceURLs.length);
  if (size > MAX_PIECES) return [rule];
  return verbs.flatMap((verb) => [
    ...apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        names.map((name) => ({
          apiGroups: [group],
          resources: [resource],
          ...(name === undefined ? {} : { resourceNames: [name] }),
          verbs: [verb],
        })),
      ),
    ),
    ...nonResourceURLs.map((url) => ({ nonResourceURLs: [url], verbs: [verb] })),
  ]);
}

/** Pieces as few rules that allow exactly the same. */
export function joined(pieces: readonly PolicyRule[]): readonly PolicyRule[] {
  const names = new Map<string, { readonly atom: Atom; readonly names: string[] }>();
  for (const piece of pieces.filter(isSingle)) {
    const permission = permissionOf(piece);
    const key = JSON.stringify([permission, (piece.resourceNames ?? []).length > 0]);
    const known = names.get(key) ?? { atom: { permission, names: undefined }, names: [] };
    known.names.push(...(piece.resourceNames ?? []));
    names.set(key, known);
  }
  const atoms = [...names.values()].map((one) => ({
    ...one.atom,
    names: one.names.length > 0 ? one.names.sort() : undefined,
  }));
  return [...rulesOf(atoms), ...pieces.filter((piece) => !isSingle(piece))];
}

const isSingle = ({ verbs, apiGroups = [], resources = [], nonResourceURLs = [] }: PolicyRule): boolean =>
  [verbs.length, apiGroups.length, resources.length + nonResourceURLs.length].every((length) => length <= 1);

function permissionOf({ verbs, apiGroups, resources, nonResourceURLs }: PolicyRule): Atom['permission'] {
  const [verb = ''] = verbs;
  const [path] = nonResourceURLs ?? [];
  if (path !== undefined) return { type: 'path', verb, path };
  return { type: 'resource', verb, group: apiGroups?.[0] ?? '', resource: resources?.[0] ?? '', namespace: '' };
}
