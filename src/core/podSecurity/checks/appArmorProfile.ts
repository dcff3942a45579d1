import { record } from '../../../k8s/json.ts';
import type { PodCheck } from '../check.ts';
import { brokenIf, inContexts, isUnset } from '../pod.ts';

const ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';
const ALLOWED: ReadonlySet<unknown> = new Set(['RuntimeDefault', 'Localhost']);

export const appArmorProfile: PodCheck = {
  id: 'appArmorProfile',
  level: 'baseline',
  reason: 'forbidden AppArmor profile',
  fix: 'set appArmorProfile.type to RuntimeDefault or Localhost, or leave it out',
  revisions: [
    {
      since: 0,
      find: (pod) => [
        ...inContexts(pod, ({ appArmorProfile }) => {
          const { type } = record(appArmorProfile);
          return brokenIf(!isUnset(appArmorProfile) && !ALLOWED.has(type), 'appArmorProfile.type', type);
        }),
        ...Object.entries(pod.annotations)
          .filter(([key, value]) => key.startsWith(ANNOTATION) && !isAllowed(value))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, value]) => ({ container: '', field: `metadata.annotations[${key}]`, value })),
      ],
    },
  ],
};

const isAllowed = (value: string): boolean =>
  value === '' || value === 'runtime/default' || value.startsWith('localhost/');
