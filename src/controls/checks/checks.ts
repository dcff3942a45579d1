import type { Severity } from '../../core/model/finding.ts';

/** One check of the controls map: what findings, docs and other tools call the same thing by. */
export interface Check {
  readonly id: string;
  readonly title: string;
  /** The worst that a finding of it has. */
  readonly severity: Severity;
  /** The controls that uphold it or find what breaks it; none: the engine itself. */
  readonly controls: readonly string[];
  /** Items of frameworks.ts that it bears on; a part of an item is not the item. */
  readonly cis?: readonly string[];
  readonly nsa?: readonly string[];
  readonly owasp?: readonly string[];
}

const NETWORK = ['Network separation and hardening'];
const AUTH = ['Authentication and authorization'];
const LOG = ['Audit logging and threat detection'];
const POD_SECURITY = Array.from({ length: 12 }, (_, index) => `5.2.${index + 1}`);
const GRANTS = ['rbac.forbidden-grants', 'posture.cluster-grants'];

/** A new check is a row here; docs/controls.md is made from it. */
export const CHECKS: readonly Check[] = [
  {
    id: 'SB-NET-001',
    title: 'Every pod is denied what no policy allows',
    severity: 'high',
    controls: ['network.default-deny', 'network.allow-api-server-callbacks'],
    cis: ['5.3.2'],
    nsa: NETWORK,
    owasp: ['K07:2022', 'K05:2025'],
  },
  {
    id: 'SB-NET-002',
    title: 'What a closed namespace needs is open, and nothing wider',
    severity: 'high',
    controls: [
      'network.allow-dns',
      'network.allow-api-server',
      'network.allow-api-server-callbacks',
      'network.allow-same-namespace',
      'network.allow-rules',
      'network.isolation',
    ],
    cis: ['5.3.2'],
    nsa: NETWORK,
    owasp: ['K05:2025'],
  },
  {
    id: 'SB-NET-004',
    title: 'Every pod is isolated, and no policy of others undoes the deny',
    severity: 'critical',
    controls: ['network.foreign-policies', 'network.isolation'],
    cis: ['5.3.2'],
  },
  {
    id: 'SB-NET-006',
    title: 'Blocked addresses, such as cloud metadata, are out of reach',
    severity: 'high',
    controls: [
      'network.allow-dns',
      'network.allow-api-server',
      'network.allow-api-server-callbacks',
      'network.allow-rules',
      'network.foreign-policies',
    ],
    owasp: ['K08:2025'],
  },
  {
    id: 'SB-NET-007',
    title: 'No policy binds nothing, and no pod is out of reach of all',
    severity: 'medium',
    controls: ['network.isolation'],
    cis: ['5.3.2'],
    nsa: NETWORK,
  },
  {
    id: 'SB-RBAC-001',
    title: 'cluster-admin and its equals only where it has to be',
    severity: 'critical',
    controls: GRANTS,
    cis: ['5.1.1'],
    nsa: AUTH,
    owasp: ['K03:2022', 'K02:2025'],
  },
  {
    id: 'SB-RBAC-002',
    title: 'No wildcard verbs, groups or resources',
    severity: 'high',
    controls: ['rbac.roles', 'rbac.role-bindings', ...GRANTS],
    cis: ['5.1.3'],
    nsa: AUTH,
    owasp: ['K03:2022'],
  },
  {
    id: 'SB-RBAC-003',
    title: 'Few may read Secrets',
    severity: 'high',
    controls: GRANTS,
    cis: ['5.1.2'],
    nsa: AUTH,
    owasp: ['K08:2022', 'K03:2025'],
  },
  {
    id: 'SB-RBAC-004',
    title: 'Few may make pods, workloads and persistent volumes',
    severity: 'medium',
    controls: GRANTS,
    cis: ['5.1.4', '5.1.9'],
    nsa: AUTH,
  },
  {
    id: 'SB-RBAC-005',
    title: 'Nobody can give themselves more: bind, escalate, impersonate and the like',
    severity: 'critical',
    controls: ['rbac.roles', 'rbac.role-bindings', ...GRANTS],
    cis: ['5.1.8'],
    nsa: AUTH,
    owasp: ['K02:2025'],
  },
  {
    id: 'SB-RBAC-006',
    title: 'Few may exec, attach, forward ports or add ephemeral containers',
    severity: 'high',
    controls: GRANTS,
    nsa: AUTH,
  },
  {
    id: 'SB-RBAC-007',
    title: 'Nobody has nodes/proxy, with any verb',
    severity: 'critical',
    controls: GRANTS,
    cis: ['5.1.10'],
    nsa: AUTH,
  },
  {
    id: 'SB-RBAC-008',
    title: 'Few may approve and sign certificates',
    severity: 'high',
    controls: GRANTS,
    cis: ['5.1.11'],
    nsa: AUTH,
  },
  {
    id: 'SB-RBAC-009',
    title: 'Few may write the configuration of admission',
    severity: 'high',
    controls: GRANTS,
    cis: ['5.1.12'],
    nsa: AUTH,
  },
  {
    id: 'SB-RBAC-010',
    title: 'Few may mint tokens of ServiceAccounts',
    severity: 'high',
    controls: GRANTS,
    cis: ['5.1.13'],
    nsa: AUTH,
  },
  {
    id: 'SB-RBAC-012',
    title: 'Nothing is bound to who is not authenticated',
    severity: 'critical',
    controls: GRANTS,
    nsa: AUTH,
    owasp: ['K06:2022', 'K09:2025'],
  },
  {
    id: 'SB-RBAC-013',
    title: 'Bindings name who needs them, not everybody',
    severity: 'high',
    controls: ['rbac.role-bindings', ...GRANTS],
    nsa: AUTH,
    owasp: ['K02:2025'],
  },
  {
    id: 'SB-RBAC-014',
    title: 'Nothing is bound to system:masters',
    severity: 'high',
    controls: GRANTS,
    cis: ['5.1.7'],
    nsa: AUTH,
  },
  {
    id: 'SB-RBAC-015',
    title: 'The default ServiceAccount gives no token away',
    severity: 'high',
    controls: ['service-account.default-token'],
    cis: ['5.1.5'],
    nsa: AUTH,
  },
  {
    id: 'SB-PSA-001',
    title: 'The namespace enforces a Pod Security level',
    severity: 'high',
    controls: ['pod-security.labels'],
    cis: POD_SECURITY,
    nsa: ['Pod security'],
    owasp: ['K04:2022', 'K04:2025'],
  },
  {
    id: 'SB-PSA-002',
    title: 'The namespace warns and audits at a Pod Security level',
    severity: 'medium',
    controls: ['pod-security.labels'],
    cis: ['5.2.1'],
    owasp: ['K04:2025'],
  },
  {
    id: 'SB-PSA-004',
    title: 'Workloads keep the level that the baseline asks for',
    severity: 'high',
    controls: ['pod-security.workloads', 'pod-security.labels'],
    cis: POD_SECURITY,
    nsa: ['Pod security'],
  },
  {
    id: 'SB-PSA-006',
    title: 'Few may write the labels of namespaces',
    severity: 'high',
    controls: GRANTS,
    owasp: ['K04:2025'],
  },
  {
    id: 'SB-QOS-001',
    title: 'A LimitRange gives containers defaults',
    severity: 'medium',
    controls: ['resources.limit-range'],
  },
  {
    id: 'SB-QOS-002',
    title: 'A ResourceQuota bounds the namespace',
    severity: 'high',
    controls: ['resources.quota'],
  },
  {
    id: 'SB-CP-001',
    title: 'Requests without credentials get nothing but health',
    severity: 'critical',
    controls: ['posture.api-server'],
    cis: ['1.2.1'],
    owasp: ['K09:2025'],
  },
  {
    id: 'SB-CP-002',
    title: 'Authorization is not permissive, and RBAC decides',
    severity: 'critical',
    controls: ['posture.api-server'],
    cis: ['1.2.6', '1.2.8'],
  },
  {
    id: 'SB-AUD-001',
    title: 'The API server records audit events',
    severity: 'high',
    controls: ['posture.api-server'],
    cis: ['3.2.1', '1.2.16'],
    nsa: LOG,
    owasp: ['K05:2022', 'K10:2025'],
  },
  { id: 'SB-GOV-001', title: 'A namespace does not leave by its own labels', severity: 'medium', controls: [] },
  { id: 'SB-GOV-002', title: 'The stricter of two baselines governs', severity: 'medium', controls: [] },
  { id: 'SB-GOV-003', title: 'Nobody keeps changing what the baseline holds', severity: 'high', controls: [] },
];
