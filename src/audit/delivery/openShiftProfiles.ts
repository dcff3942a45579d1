import { catchAll } from '../compile/bounds.ts';
import type { AuditPolicy, AuditRule, GroupResources } from '../policy.ts';

/**
 * The profiles that record something, from the least: each records every request at the level of the one before, or above.
 * There is None too, which no policy of ours can mean: it silences changes of RBAC with all the rest.
 */
export const PROFILES = ['Default', 'WriteRequestBodies', 'AllRequestBodies'] as const;
export type Profile = (typeof PROFILES)[number];

/** `spec.audit` of APIServer/cluster (openshift/api, config/v1, types_apiserver.go). */
export interface OpenShiftAudit {
  readonly profile: Profile;
  /** The first whose group a user is in decides, before `profile`. */
  readonly customRules: readonly { readonly group: string; readonly profile: Profile }[];
}

const of = (group: string, ...resources: readonly string[]): GroupResources => ({
  group,
  resources,
  resourceNames: [],
});

/** In front of all profiles: what the API servers ask for all the time is not recorded. */
const BASE: readonly AuditRule[] = [
  {
    ...catchAll('None'),
    userGroups: ['system:authenticated', 'system:unauthenticated'],
    nonResourceURLs: ['/api*', '/version', '/healthz', '/readyz', '/livez'],
  },
  {
    ...catchAll('None'),
    users: ['system:apiserver'],
    resources: [of('apiserver.openshift.io', 'apirequestcounts', 'apirequestcounts/*')],
    namespaces: [''],
  },
];

/** Whose bodies no profile records that records bodies. ConfigMaps are not among them. */
const SENSITIVE: AuditRule = {
  ...catchAll('Metadata'),
  resources: [
    of('route.openshift.io', 'routes', 'routes/status'),
    of('', 'secrets', 'serviceaccounts/token'),
    of('authentication.k8s.io', 'tokenreviews', 'tokenrequests'),
    of('oauth.openshift.io', 'oauthclients', 'tokenreviews'),
    // It names two kinds in a field that is misspelt, which is dropped: all of the group is meant.
    of('machineconfiguration.openshift.io'),
  ],
};

const RULES: Readonly<Record<Profile, readonly AuditRule[]>> = {
  Default: [
    {
      ...catchAll('RequestResponse'),
      verbs: ['create', 'update', 'patch', 'delete'],
      resources: [
        of('user.openshift.io', 'identities'),
        of('oauth.openshift.io', 'oauthaccesstokens', 'oauthauthorizetokens'),
      ],
    },
    catchAll('Metadata'),
  ],
  WriteRequestBodies: [
    SENSITIVE,
    { ...catchAll('RequestResponse'), verbs: ['update', 'patch', 'create', 'delete', 'deletecollection'] },
    catchAll('Metadata'),
  ],
  AllRequestBodies: [SENSITIVE, catchAll('RequestResponse')],
};

/**
 * The policy that OpenShift's API servers get for these settings, as its library makes it (openshift/library-go,
 * pkg/operator/apiserver/audit at 93ac9206). Earlier releases differ in details, such as Events, which some did not record.
 */
export const openShiftPolicy = ({ profile, customRules }: OpenShiftAudit): AuditPolicy => ({
  omitStages: ['RequestReceived'],
  omitManagedFields: true,
  rules: [
    ...BASE,
    ...customRules.flatMap((one) => RULES[one.profile].map((rule) => ({ ...rule, userGroups: [one.group] }))),
    ...RULES[profile],
  ],
});
