import { allows } from '../../k8s/rbac/allows.ts';
import { EVERYONES } from '../../k8s/rbac/everyones.ts';
import type { UsageEntry } from '../usage/usage.ts';

/**
 * Whether the subject has a right anyway. Which of several bindings the log names for a request is chance, so what one of
 * these grants counts, whether or not it is the one that is named.
 */
export const isEveryones = ({ permission, allowedBy }: UsageEntry): boolean =>
  allowedBy.some(({ binding }) => binding.kind === 'ClusterRoleBinding' && Object.hasOwn(EVERYONES, binding.name)) ||
  Object.values(EVERYONES)
    .flat()
    .some((rule) => allows(rule, permission, ''));
