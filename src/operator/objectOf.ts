import type { Desired } from '../core/plan/change.ts';
import type { Entry } from '../k8s/entry.ts';
import type { KubeObject } from '../k8s/object.ts';
import type { ObjectRef } from '../k8s/ref.ts';

/**
 * The object to send. Foreign labels and annotations of the live object go back; ownerReferences and finalizers do not
 * (THREATS 2).
 */
export function objectOf(ref: ObjectRef, desired: Desired, live?: Entry): KubeObject {
  if (desired.partial === true) return fieldsOf(ref, desired, live);
  return {
    apiVersion: desired.apiVersion,
    kind: ref.kind,
    metadata: {
      name: ref.name,
      namespace: ref.namespace,
      labels: { ...live?.labels, ...desired.labels },
      ...(live === undefined ? {} : { annotations: live.annotations, uid: live.uid }),
      ...(live === undefined || live.resourceVersion === '' ? {} : { resourceVersion: live.resourceVersion }),
    },
    ...desired.body,
  };
}

/**
 * For server-side apply: our fields and nothing else. With the uid it changes an object, and never makes one (THREATS 4).
 * Labels with the version, too: a stricter one that somebody has just set must not be lowered by what was seen before it.
 */
const fieldsOf = (ref: ObjectRef, { apiVersion, labels, body }: Desired, live: Entry | undefined): KubeObject => ({
  apiVersion,
  kind: ref.kind,
  metadata: {
    name: ref.name,
    ...(ref.namespace === '' ? {} : { namespace: ref.namespace }),
    uid: live?.uid ?? '',
    ...(Object.keys(labels).length === 0 ? {} : { labels, resourceVersion: live?.resourceVersion ?? '' }),
  },
  ...body,
});
