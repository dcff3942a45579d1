import type { Broken } from '../broken.ts';
import type { PodCheck } from '../check.ts';
import type { PodInput } from '../pod.ts';
import { brokenIf, exceptOnWindows, inContainers } from '../pod.ts';

const find = (pod: PodInput): readonly Broken[] =>
  inContainers(pod, ({ securityContext: { allowPrivilegeEscalation } }) =>
    brokenIf(allowPrivilegeEscalation !== false, 'securityContext.allowPrivilegeEscalation', allowPrivilegeEscalation),
  );

export const allowPrivilegeEscalation: PodCheck = {
  id: 'allowPrivilegeEscalation',
  level: 'restricted',
  reason: 'allowPrivilegeEscalation != false',
  fix: 'set securityContext.allowPrivilegeEscalation to false',
  revisions: [
    { since: 8, find },
    { since: 25, find: exceptOnWindows(find) },
  ],
};
