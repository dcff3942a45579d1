import type { PolicyRule } from '../../k8s/policyRule.ts';
import { allows } from '../../k8s/rbac/allows.ts';
import type { UsageEntry } from '../usage/usage.ts';

/**
 * What every authenticated user may do by bindings of the server itself, which it puts back when they are changed
 * (plugin/pkg/auth/authorizer/rbac/bootstrappolicy, the same from 1.31 to 1.36). A binding of somebody else to all users is
 * no reason to leave a right out: it is the first thing to go.
 */
export const EVERYONES: Readonly<Record<string, readonly PolicyRule[]>> = {
  'system:basic-user': [
    {
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      verbs: ['create'],
    },
    { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
  ],
  'system:discovery': [
    {
      nonResourceURLs: [
        '/api',
        '/api/*',
        '/apis',
        '/apis/*',
        '/healthz',
        '/livez',
        '/openapi',
        '/openapi/*',
        '/readyz',
        '/version',
        '/version/',
      ],
      verbs: ['get'],
    },
  ],
  'system:public-info-viewer': [
    { nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'], verbs: ['get'] },
  ],
};

/**
 * Whether the subject has a right anyway. Which of several bindings the log names for a request is chance, so what one of
 * these grants counts, whether or not it is the one that is named.
 */
export const isEveryones = ({ permission, allowedBy }: UsageEntry): boolean =>
  allowedBy.some(({ binding }) => binding.kind === 'ClusterRoleBinding' && Object.hasOwn(EVERYONES, binding.name)) ||
  Object.values(EVERYONES)
    .flat()
    .some((rule) => allows(rule, permission, ''));
