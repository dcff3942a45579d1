import { record } from '../../../k8s/json.ts';
import type { PodCheck } from '../check.ts';
import { brokenIf, inContainers, isUnset } from '../pod.ts';

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
const HOOKS = ['postStart', 'preStop'] as const;
const ACTIONS = ['httpGet', 'tcpSocket'] as const;

/** A node makes these requests: with a host they reach what the pod itself may not (KEP-4940). */
export const hostProbesAndHostLifecycle: PodCheck = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  reason: 'probe or lifecycle host',
  fix: 'leave host out, so that the request goes to the pod itself',
  revisions: [
    {
      since: 34,
      find: (pod) =>
        inContainers(pod, ({ fields }) => {
          const lifecycle = record(fields.lifecycle);
          const handlers = [
            ...PROBES.map((name) => [name, record(fields[name])] as const),
            ...HOOKS.map((name) => [`lifecycle.${name}`, record(lifecycle[name])] as const),
          ];
          return handlers.flatMap(([path, handler]) =>
            ACTIONS.flatMap((action) => {
              const { host } = record(handler[action]);
              return brokenIf(!isUnset(host) && host !== '', `${path}.${action}.host`, host);
            }),
          );
        }),
    },
  ],
};
