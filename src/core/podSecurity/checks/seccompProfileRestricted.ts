import { record } from '../../../k8s/json.ts';
import type { Broken } from '../broken.ts';
import type { PodCheck } from '../check.ts';
import type { PodInput } from '../pod.ts';
import { brokenIf, exceptOnWindows, inContainers, isUnset } from '../pod.ts';
import { badProfiles, isSeccompType } from './seccompProfileBaseline.ts';

const find = (pod: PodInput): readonly Broken[] => {
  const { seccompProfile } = pod.securityContext;
  const forAll = !isUnset(seccompProfile) && isSeccompType(record(seccompProfile).type);
  return [
    ...badProfiles(pod),
    ...inContainers(pod, ({ securityContext }) =>
      brokenIf(!forAll && isUnset(securityContext.seccompProfile), 'securityContext.seccompProfile.type', undefined),
    ),
  ];
};

export const seccompProfileRestricted: PodCheck = {
  id: 'seccompProfile_restricted',
  level: 'restricted',
  reason: 'seccompProfile',
  fix: 'set securityContext.seccompProfile.type of the pod to RuntimeDefault or Localhost',
  revisions: [
    { since: 19, find },
    { since: 25, find: exceptOnWindows(find) },
  ],
};
