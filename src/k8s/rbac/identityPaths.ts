import type { EscalationPath } from './escalationPath.ts';
import { BIND, CHANGE, MAKE, READ, REMOVE, WRITE } from './escalationPath.ts';

const CORE = '';
const RBAC = 'rbac.authorization.k8s.io';
const CERTIFICATES = 'certificates.k8s.io';
const RBAC_KINDS = ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'];
const IDENTITY = 'acts as somebody else';
const GRANTS = 'changes who holds which rights';

/** Rights by which their holder becomes somebody else, or gives itself more. */
export const IDENTITY_PATHS: readonly EscalationPath[] = [
  {
    id: 'secrets-read',
    // Whoever changes nothing by a patch is shown the object; what a deletion would take, too, also with dryRun.
    verbs: [...READ, 'patch', ...REMOVE],
    group: CORE,
    resources: ['secrets'],
    reason: 'reads credentials; list, watch, patch and deletions show their contents too',
  },
  {
    id: 'secrets-create',
    verbs: ['create'],
    group: CORE,
    resources: ['secrets'],
    reason: 'makes a Secret that the server fills with the token of any ServiceAccount of the namespace',
  },
  { id: 'escalate', verbs: ['escalate'], group: RBAC, reason: GRANTS },
  { id: 'escalate', verbs: [BIND], group: RBAC, reason: GRANTS },
  { id: 'rbac-write', verbs: WRITE, group: RBAC, resources: RBAC_KINDS, reason: GRANTS },
  { id: 'impersonate', verbs: ['impersonate'], reason: IDENTITY },
  { id: 'token-request', verbs: ['create'], group: CORE, resources: ['serviceaccounts/token'], reason: IDENTITY },
  {
    id: 'certificates',
    verbs: ['create'],
    group: CERTIFICATES,
    resources: ['certificatesigningrequests'],
    reason: IDENTITY,
  },
  {
    id: 'certificates',
    verbs: CHANGE,
    group: CERTIFICATES,
    resources: ['certificatesigningrequests/approval', 'certificatesigningrequests/status'],
    reason: IDENTITY,
  },
  { id: 'certificates', verbs: ['approve', 'sign'], group: CERTIFICATES, resources: ['signers'], reason: IDENTITY },
  {
    id: 'cloud-identities',
    verbs: MAKE,
    group: CORE,
    resources: ['configmaps'],
    namespace: 'kube-system',
    names: ['aws-auth'],
    reason: 'maps cloud identities to any user',
  },
];
