import type { Entry } from '../k8s/entry.ts';
import type { KindInfo } from '../k8s/kind.ts';
import type { KubeObject } from '../k8s/object.ts';
import type { ObjectIndex } from '../k8s/objectIndex.ts';
import type { ObjectRef } from '../k8s/ref.ts';

/** What `apply` needs of the world; `kube` implements it, tests fake it. */
export interface ApplyPorts {
  readonly writer: Writes;
  /** What is known now, acknowledged writes included. */
  readonly index: ObjectIndex;
  /** Puts the answer of an own write into the store. */
  acknowledge(entry: Entry): void;
  acknowledgeDelete(entry: Pick<Entry, 'kind' | 'namespace' | 'name' | 'uid'>): void;
  /** Asks the API server whether we lack a right: true, false, or undefined when it did not answer (THREATS 18). */
  lacksRight(verb: string, kind: string, namespace: string): Promise<boolean | undefined>;
  nowMs(): number;
}

export interface Writes {
  create(object: KubeObject, signal?: AbortSignal): Promise<Entry | undefined>;
  update(object: KubeObject, signal?: AbortSignal): Promise<Entry | undefined>;
  /** Server-side apply of single fields; `metadata.uid` must be the live object's. */
  apply(object: KubeObject, signal?: AbortSignal): Promise<Entry | undefined>;
  remove(
    ref: ObjectRef,
    precondition: { readonly uid: string; readonly resourceVersion?: string },
    signal?: AbortSignal,
  ): Promise<void>;
  patch(
    kind: KindInfo,
    namespace: string,
    name: string,
    body: unknown,
    options: { readonly subresource?: string },
    signal?: AbortSignal,
  ): Promise<KubeObject>;
}
