import { record } from '../../../k8s/json.ts';
import type { Broken } from '../broken.ts';
import type { PodCheck } from '../check.ts';
import type { PodInput } from '../pod.ts';
import { brokenIf, inContexts, isUnset } from '../pod.ts';

const POD_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod';
const CONTAINER_ANNOTATION = 'container.seccomp.security.alpha.kubernetes.io/';

export const isSeccompType = (type: unknown): boolean => type === 'RuntimeDefault' || type === 'Localhost';

/** Profiles that are set, and to something else. */
export const badProfiles = (pod: PodInput): readonly Broken[] =>
  inContexts(pod, ({ seccompProfile }) => {
    const { type } = record(seccompProfile);
    return brokenIf(!isUnset(seccompProfile) && !isSeccompType(type), 'seccompProfile.type', type);
  });

export const seccompProfileBaseline: PodCheck = {
  id: 'seccompProfile_baseline',
  level: 'baseline',
  reason: 'seccompProfile',
  fix: 'set seccompProfile.type to RuntimeDefault or Localhost, or leave it out',
  overriddenFrom: 19,
  revisions: [
    { since: 0, find: badAnnotations },
    { since: 19, find: badProfiles },
  ],
};

/** Before 1.19 there were only annotations. */
function badAnnotations({ annotations, containers }: PodInput): readonly Broken[] {
  const keys = [POD_ANNOTATION, ...containers.map(({ name }) => `${CONTAINER_ANNOTATION}${name}`)];
  return keys.flatMap((key) => {
    const value = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
    if (value === undefined || isAllowed(value)) return [];
    return [{ container: '', field: `metadata.annotations[${key}]`, value }];
  });
}

const isAllowed = (value: string): boolean =>
  value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/');
