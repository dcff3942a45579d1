import type { PolicyRule } from '../policyRule.ts';
import { covers } from './covers.ts';

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

/** The same, with what every ServiceAccount may do. */
const SHIPPED: Readonly<Record<string, readonly PolicyRule[]>> = {
  ...EVERYONES,
  'system:service-account-issuer-discovery': [
    {
      nonResourceURLs: [
        '/.well-known/openid-configuration',
        '/.well-known/openid-configuration/',
        '/openid/v1/jwks',
        '/openid/v1/jwks/',
      ],
      verbs: ['get'],
    },
  ],
};

/** Whether a ClusterRole that the server binds to all its users allows no more than what the server ships. */
export const isShippedToAll = (name: string, rules: readonly PolicyRule[]): boolean =>
  Object.hasOwn(SHIPPED, name) && rules.every((rule) => covers(SHIPPED[name] ?? [], rule));
