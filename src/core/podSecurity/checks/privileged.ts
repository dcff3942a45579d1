import type { PodCheck } from '../check.ts';
import { brokenIf, inContainers, isOn } from '../pod.ts';

export const privileged: PodCheck = {
  id: 'privileged',
  level: 'baseline',
  reason: 'privileged',
  fix: 'leave securityContext.privileged out, and add the single capability that is needed',
  revisions: [
    {
      since: 0,
      find: (pod) =>
        inContainers(pod, ({ securityContext }) =>
          brokenIf(isOn(securityContext.privileged), 'securityContext.privileged', securityContext.privileged),
        ),
    },
  ],
};
