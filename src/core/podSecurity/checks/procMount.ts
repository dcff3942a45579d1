import type { Broken } from '../broken.ts';
import type { PodCheck } from '../check.ts';
import type { PodInput } from '../pod.ts';
import { brokenIf, exceptInUserNamespaces, inContainers, isUnset } from '../pod.ts';

const find = (pod: PodInput): readonly Broken[] =>
  inContainers(pod, ({ securityContext: { procMount } }) =>
    brokenIf(!isUnset(procMount) && procMount !== 'Default', 'securityContext.procMount', procMount),
  );

const FIX = 'set securityContext.procMount to Default, or leave it out';

export const procMount: PodCheck = {
  id: 'procMount',
  level: 'baseline',
  reason: 'procMount',
  fix: `${FIX}; from v1.35 hostUsers: false allows it at baseline`,
  overriddenFrom: 35,
  revisions: [
    { since: 0, find },
    { since: 35, find: exceptInUserNamespaces(find) },
  ],
};

/** From 1.35 on `baseline` allows it in user namespaces; `restricted` goes on to forbid it. */
export const procMountRestricted: PodCheck = {
  id: 'procMount_restricted',
  level: 'restricted',
  reason: 'procMount',
  fix: FIX,
  revisions: [{ since: 35, find }],
};
