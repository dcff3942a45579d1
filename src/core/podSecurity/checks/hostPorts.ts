import { list, record } from '../../../k8s/json.ts';
import type { PodCheck } from '../check.ts';
import { brokenIf, inContainers, isUnset } from '../pod.ts';

export const hostPorts: PodCheck = {
  id: 'hostPorts',
  level: 'baseline',
  reason: 'hostPort',
  fix: 'leave hostPort out, and reach the pods by a Service',
  revisions: [
    {
      since: 0,
      find: (pod) =>
        inContainers(pod, ({ fields }) =>
          list(fields.ports).flatMap((item) => {
            const { hostPort } = record(item);
            return brokenIf(!isUnset(hostPort) && hostPort !== 0, 'ports[*].hostPort', hostPort);
          }),
        ),
    },
  ],
};
