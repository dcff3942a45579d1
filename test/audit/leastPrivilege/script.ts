import type { Call } from './workloads.ts';
import { CORE, controller, deployer, LABELS, MERGE, named, pod, RBAC, watcher } from './workloads.ts';

/** Looks at rights, and acts on behalf of somebody. */
function auditor(who: string): readonly Call[] {
  const as = { 'impersonate-user': 'carol', 'impersonate-group': 'ops' };
  const review = { spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } };
  return [
    { who, method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body: review },
    { who, method: 'POST', path: '/apis/authentication.k8s.io/v1/tokenreviews', body: { spec: { token: 'x' } } },
    { who, method: 'GET', path: `${RBAC}/clusterroles` },
    {
      who,
      method: 'POST',
      path: `${RBAC}/clusterroles`,
      body: { ...named('empty', { namespace: 'shop' }), rules: [] },
    },
    { who, method: 'DELETE', path: `${RBAC}/clusterroles/empty` },
    { who, method: 'GET', path: `${CORE}/shop/configmaps`, headers: as },
    { who, method: 'PATCH', path: `${CORE}/bank`, body: LABELS, contentType: MERGE },
    { who, method: 'GET', path: `${CORE}/shop/configmaps/missing` },
  ];
}

/** It may do everything in its namespace and nothing elsewhere, and tries. */
function teller(who: string): readonly Call[] {
  return [
    { who, method: 'POST', path: `${CORE}/bank/configmaps`, body: named('rates') },
    { who, method: 'DELETE', path: `${CORE}/bank/configmaps/rates` },
    { who, method: 'POST', path: `${CORE}/bank/pods`, body: pod({ name: 'over-quota' }) },
    { who, method: 'GET', path: `${CORE}/shop/secrets/db` },
    { who, method: 'GET', path: '/api/v1/secrets' },
    { who, method: 'DELETE', path: `${CORE}/shop/pods` },
    { who, method: 'POST', path: `${RBAC}/clusterrolebindings`, body: named('mine') },
    { who, method: 'GET', path: '/metrics' },
  ];
}

/** What each ServiceAccount does, in order. */
export const SCRIPT: readonly Call[] = [
  ...deployer('shop/deployer'),
  ...watcher('shop/watcher'),
  ...controller('shop/controller'),
  ...auditor('shop/auditor'),
  ...teller('bank/teller'),
];

/** Has every right in its own namespace only; the others are cluster admins. */
export const LIMITED = 'bank/teller';
export const ACCOUNTS: readonly string[] = [...new Set(SCRIPT.map(({ who }) => who))];
