import { list, record } from '../../../k8s/json.ts';
import type { Broken } from '../broken.ts';
import type { PodCheck } from '../check.ts';
import type { PodInput } from '../pod.ts';
import { brokenIf, exceptOnWindows, inContainers } from '../pod.ts';

const find = (pod: PodInput): readonly Broken[] =>
  inContainers(pod, ({ securityContext }) => {
    const { drop, add } = record(securityContext.capabilities);
    return [
      ...brokenIf(!list(drop).includes('ALL'), 'securityContext.capabilities.drop', dropped(drop)),
      ...list(add)
        .filter((capability) => capability !== 'NET_BIND_SERVICE')
        .flatMap((capability) => brokenIf(true, 'securityContext.capabilities.add', capability)),
    ];
  });

const dropped = (drop: unknown): unknown => (list(drop).length === 0 ? undefined : drop);

export const capabilitiesRestricted: PodCheck = {
  id: 'capabilities_restricted',
  level: 'restricted',
  reason: 'unrestricted capabilities',
  fix: 'set securityContext.capabilities.drop to ["ALL"], and add nothing but NET_BIND_SERVICE',
  revisions: [
    { since: 22, find },
    { since: 25, find: exceptOnWindows(find) },
  ],
};
