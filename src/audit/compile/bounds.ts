import type { AuditRule, GroupResources, Level } from '../policy.ts';

const all = (group: string): GroupResources => ({ group, resources: [], resourceNames: [] });
const some = (group: string, ...resources: readonly string[]): GroupResources => ({
  group,
  resources,
  resourceNames: [],
});

/** A rule about everything at a level. */
export const catchAll = (level: Level): AuditRule => ({
  level,
  users: [],
  userGroups: [],
  verbs: [],
  resources: [],
  namespaces: [],
  nonResourceURLs: [],
  omitStages: [],
  omitManagedFields: undefined,
});

/**
 * The first rule of every policy: who did what with secrets and tokens is recorded, and never what was in them, because the
 * log is read by many more people than they are. ConfigMaps too, which hold credentials wherever somebody was in a hurry.
 */
export const CEILING: AuditRule = {
  ...catchAll('Metadata'),
  resources: [
    some('', 'secrets', 'configmaps', 'serviceaccounts/token'),
    some('authentication.k8s.io', 'tokenreviews'),
    some('oauth.openshift.io', 'oauthaccesstokens', 'oauthauthorizetokens'),
  ],
};

const WRITES = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/**
 * Changes of what holds a cluster at its baselines: the baselines themselves, RBAC, admission, what we generate, and the
 * kinds and namespaces all of it hangs on. No section may hide them (THREATS 22; the KEP of AuditSink names a user who hides
 * by changing the policy as its first risk, KEP-600).
 */
export const floorAt = (level: Level): AuditRule => ({
  ...catchAll(level),
  verbs: WRITES,
  resources: [
    all('drawbridge.dev'),
    all('rbac.authorization.k8s.io'),
    all('admissionregistration.k8s.io'),
    some('networking.k8s.io', 'networkpolicies'),
    some('', 'namespaces', 'namespaces/finalize', 'serviceaccounts', 'resourcequotas', 'limitranges'),
    some('apiextensions.k8s.io', 'customresourcedefinitions'),
    some('apiregistration.k8s.io', 'apiservices'),
  ],
});
