import type { EscalationPath } from './escalationPath.ts';
import { CHANGE, MAKE, READ, WRITE } from './escalationPath.ts';

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
    verbs: READ,
    group: CORE,
    resources: ['secrets'],
    reason: 'reads credentials; list and watch show their contents too',
  },
  {
    id: 'secrets-create',
    verbs: ['create'],
    group: CORE,
    resources: ['secrets'],
    reason: 'makes a Secret that the server fills with the token of any ServiceAccount of the namespace',
  },
  { id: 'escalate', verbs: ['escalate', 'bind'], group: RBAC, reason: GRANTS },
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
