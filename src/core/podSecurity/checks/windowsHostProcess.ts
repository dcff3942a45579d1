import { record } from '../../../k8s/json.ts';
import type { PodCheck } from '../check.ts';
import { brokenIf, inContexts, isOn } from '../pod.ts';

export const windowsHostProcess: PodCheck = {
  id: 'windowsHostProcess',
  level: 'baseline',
  reason: 'hostProcess',
  fix: 'leave windowsOptions.hostProcess out',
  revisions: [
    {
      since: 0,
      find: (pod) =>
        inContexts(pod, ({ windowsOptions }) => {
          const { hostProcess } = record(windowsOptions);
          return brokenIf(isOn(hostProcess), 'windowsOptions.hostProcess', hostProcess);
        }),
    },
  ],
};
