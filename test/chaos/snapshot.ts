import type { KindRow } from '../../src/core/kinds/kinds.ts';
import { KINDS } from '../../src/core/kinds/kinds.ts';
import { apiVersionOf, pathOf } from '../../src/k8s/kind.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { AnyObject, KubeAdmin } from '../support/kubeAdmin.ts';

/** What an administrator sees of all that Drawbridge reads or writes. */
export interface Snapshot {
  /** Of the wall clock, when it was asked for: all that was stored by then is in it. */
  readonly atMs: number;
  readonly objects: readonly AnyObject[];
  /** API groups that are served. */
  readonly groups: readonly string[];
}

export async function takeSnapshot(admin: KubeAdmin): Promise<Snapshot> {
  const atMs = Date.now();
  const [lists, groups] = await Promise.all([
    Promise.all(KINDS.map((row) => listOf(admin, row))),
    admin.get('/apis').then(({ groups: all }) => all.map(({ name }: { readonly name: string }) => name)),
  ]);
  return { atMs, objects: lists.flat(), groups };
}

async function listOf(admin: KubeAdmin, row: KindRow): Promise<readonly AnyObject[]> {
  const { labelSelector, fieldSelector } = row;
  const items = await admin.list(pathOf(row), {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  });
  // The items of a list do not say what they are.
  return items.map((item) => ({ ...item, apiVersion: apiVersionOf(row), kind: row.kind }));
}

export const ofKind = ({ objects }: Snapshot, kind: string, namespace?: string): readonly AnyObject[] =>
  objects.filter((o) => o.kind === kind && (namespace === undefined || (o.metadata.namespace ?? '') === namespace));

/** As the pure layers take objects. */
export const asKubeObjects = ({ objects }: Snapshot): readonly KubeObject[] => objects as readonly KubeObject[];
