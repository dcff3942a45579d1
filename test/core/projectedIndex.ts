import { kindRow } from '../../src/core/kinds/kinds.ts';
import type { Entry } from '../../src/k8s/entry.ts';
import { entryOf } from '../../src/k8s/entry.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { ObjectIndex } from '../../src/k8s/objectIndex.ts';

/** An index over objects as a server would send them, projected as the operator projects them. */
export function projectedIndex(objects: readonly KubeObject[]): ObjectIndex {
  const entries = objects.flatMap((raw) => projected(raw) ?? []);
  return {
    get: (kind, namespace, name) =>
      entries.find((entry) => entry.kind === kind && entry.namespace === namespace && entry.name === name),
    inNamespace: (kind, namespace) => entries.filter((entry) => entry.kind === kind && entry.namespace === namespace),
    ofKind: (kind) => entries.filter((entry) => entry.kind === kind),
  };
}

/** What is kept of one object, or undefined. */
export function projected(raw: KubeObject, bytes = JSON.stringify(raw).length): Entry | undefined {
  const kept = kindRow(raw.kind).project(raw, bytes);
  return kept === undefined ? undefined : entryOf(raw.kind, raw, kept);
}
