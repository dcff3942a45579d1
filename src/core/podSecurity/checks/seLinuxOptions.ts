import { record } from '../../../k8s/json.ts';
import type { Broken } from '../broken.ts';
import type { PodCheck } from '../check.ts';
import type { PodInput } from '../pod.ts';
import { brokenIf, inContexts, isUnset } from '../pod.ts';

const TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

const within =
  (types: readonly unknown[]) =>
  (pod: PodInput): readonly Broken[] =>
    inContexts(pod, ({ seLinuxOptions }) => {
      const { type, user, role } = record(seLinuxOptions);
      return [
        ...brokenIf(!isUnset(type) && !types.includes(type), 'seLinuxOptions.type', type),
        ...brokenIf(!isUnset(user) && user !== '', 'seLinuxOptions.user', user),
        ...brokenIf(!isUnset(role) && role !== '', 'seLinuxOptions.role', role),
      ];
    });

export const seLinuxOptions: PodCheck = {
  id: 'seLinuxOptions',
  level: 'baseline',
  reason: 'seLinuxOptions',
  fix: 'leave user and role out, and set type to container_t or leave it out',
  revisions: [
    { since: 0, find: within(TYPES) },
    { since: 31, find: within([...TYPES, 'container_engine_t']) },
  ],
};
