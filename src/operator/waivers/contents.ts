import { KINDS } from '../../core/kinds/kinds.ts';
import type { ContentNow } from '../../core/waive/waived.ts';
import { UNKNOWABLE } from '../../core/waive/waived.ts';
import type { Entry } from '../../k8s/entry.ts';
import { record } from '../../k8s/json.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import { sha256 } from '../../kube/sha256.ts';

/** Findings about these rest on all that is in a namespace, or the cluster: what was approved, no hash can say. */
const OF_CLUSTER: ReadonlySet<string> = new Set(KINDS.filter(({ namespaced }) => !namespaced).map(({ kind }) => kind));

/** What the objects of a namespace hold now, each as a hash. */
export const contentsNow =
  (index: ObjectIndex, namespace: string): ContentNow =>
  (kind, name) => {
    if (OF_CLUSTER.has(kind)) return UNKNOWABLE;
    const entry = index.get(kind, namespace, name);
    return entry === undefined ? undefined : contentOf(entry);
  };

/**
 * The hash of the whole object where it was read, else of what is kept: of an object of ours that is all of it, of one of
 * others all that a finding rests on, and then its uid counts as well.
 */
function contentOf({ content, uid, body }: Entry): string {
  if (content !== undefined) return content;
  const { whole, tooLarge, oversizedBytes } = record(body);
  if (tooLarge === true || oversizedBytes !== undefined) return UNKNOWABLE;
  return sha256(whole === undefined ? `${uid} ${textOf(body)}` : textOf(whole));
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `${item}` : item));
