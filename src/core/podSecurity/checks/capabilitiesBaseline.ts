import { list, record } from '../../../k8s/json.ts';
import type { PodCheck } from '../check.ts';
import { brokenIf, inContainers } from '../pod.ts';

/** What container runtimes give anyway, without NET_RAW. */
const ALLOWED: ReadonlySet<unknown> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

export const capabilitiesBaseline: PodCheck = {
  id: 'capabilities_baseline',
  level: 'baseline',
  reason: 'non-default capabilities',
  fix: 'take it out of securityContext.capabilities.add',
  overriddenFrom: 22,
  revisions: [
    {
      since: 0,
      find: (pod) =>
        inContainers(pod, ({ securityContext }) =>
          list(record(securityContext.capabilities).add)
            .filter((capability) => !ALLOWED.has(capability))
            .flatMap((capability) => brokenIf(true, 'securityContext.capabilities.add', capability)),
        ),
    },
  ],
};
