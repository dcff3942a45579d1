import type { Permission } from '../usage/permission.ts';
import { permissionKey } from '../usage/permission.ts';

/** The smallest thing that can be granted: one verb on one resource in one scope, on these objects or on any. */
export interface Atom {
  readonly permission: Permission;
  /** Sorted; undefined: any object. */
  readonly names: readonly string[] | undefined;
}

/** Where an atom is granted: a namespace, or `''` by a ClusterRole. */
export const scopeOf = ({ permission }: Atom): string => (permission.type === 'path' ? '' : permission.namespace);

/** Without what the cluster-wide ones among them allow as well; of a namespace's names only those left that they do not. */
export function withoutCovered(atoms: readonly Atom[]): readonly Atom[] {
  const clusterWide = new Map(
    atoms.filter((atom) => scopeOf(atom) === '').map((atom) => [permissionKey(atom.permission), atom]),
  );
  return atoms.flatMap((atom) => {
    const { permission, names } = atom;
    if (scopeOf(atom) === '' || permission.type === 'path') return [atom];
    const wider = clusterWide.get(permissionKey({ ...permission, namespace: '' }));
    if (wider === undefined) return [atom];
    if (wider.names === undefined) return [];
    if (names === undefined) return [atom];
    const left = names.filter((name) => !wider.names?.includes(name));
    return left.length === 0 ? [] : [{ permission, names: left }];
  });
}
