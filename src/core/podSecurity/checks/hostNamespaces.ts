import type { PodCheck } from '../check.ts';
import { brokenIf, isOn } from '../pod.ts';

const FIELDS = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

export const hostNamespaces: PodCheck = {
  id: 'hostNamespaces',
  level: 'baseline',
  reason: 'host namespaces',
  fix: 'leave hostNetwork, hostPID and hostIPC out',
  revisions: [
    {
      since: 0,
      find: ({ spec }) =>
        FIELDS.flatMap((field) =>
          brokenIf(isOn(spec[field]), `spec.${field}`, spec[field]).map((broken) => ({ container: '', ...broken })),
        ),
    },
  ],
};
