import type { Broken } from '../broken.ts';
import type { PodCheck } from '../check.ts';
import type { PodInput } from '../pod.ts';
import { brokenIf, exceptInUserNamespaces, inContainers, isUnset } from '../pod.ts';

const FIELD = 'securityContext.runAsNonRoot';

/** A container that says nothing follows the pod. */
function find(pod: PodInput): readonly Broken[] {
  const ofPod = pod.securityContext.runAsNonRoot;
  return [
    ...brokenIf(!isUnset(ofPod) && ofPod !== true, `spec.${FIELD}`, ofPod).map((broken) => ({
      container: '',
      ...broken,
    })),
    ...inContainers(pod, ({ securityContext: { runAsNonRoot } }) =>
      brokenIf(isUnset(runAsNonRoot) ? ofPod !== true : runAsNonRoot !== true, FIELD, runAsNonRoot),
    ),
  ];
}

export const runAsNonRoot: PodCheck = {
  id: 'runAsNonRoot',
  level: 'restricted',
  reason: 'runAsNonRoot != true',
  fix: 'set securityContext.runAsNonRoot of the pod to true, with an image that runs as another user',
  revisions: [
    { since: 0, find },
    { since: 35, find: exceptInUserNamespaces(find) },
  ],
};
