import { stringify } from 'yaml';
import { BASELINE_REPORT, BASELINE_WAIVER, LEASE_NAME, SECURITY_BASELINE } from '../../src/api/names.ts';
import { SECTIONS } from '../../src/api/types.ts';
import { clusterControls, controls } from '../../src/controls/index.ts';
import type { KindRow } from '../../src/core/kinds/kinds.ts';
import { KINDS, kindRow } from '../../src/core/kinds/kinds.ts';
import { POLICY_REPORT_KINDS } from '../../src/core/kinds/policyReportKinds.ts';
import { LEASE } from '../../src/kube/leaseRecord.ts';
import { ADMISSION_KINDS } from '../../src/operator/admission/keeper.ts';
import { kindsOfCluster } from '../../src/operator/posture/posture.ts';
import { BASE_KINDS, inspectedBySection, kindsOfSection } from '../../src/operator/sections.ts';
import type { Generator } from './generator.ts';
import { YAML_HEADER } from './generator.ts';

/** A rule of a ClusterRole, as it is written into a manifest. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Grant {
  readonly why: string;
  readonly rule: Rule;
}

const READ = ['get', 'list', 'watch'];
/** POST, PUT and DELETE (docs/adr/0004). */
const WRITE = ['create', 'update', 'delete'];
/** The finalizers of others are patched off what is being deleted: a PUT of a binding would need the rights it grants. */
const WRITE_WHOLE = [...WRITE, 'patch'];

const STATUS: Grant = {
  why: 'What was observed.',
  rule: {
    apiGroups: [SECURITY_BASELINE.group],
    resources: [`${SECURITY_BASELINE.plural}/status`],
    verbs: ['patch'],
  },
};

/** Not in audit-only, which writes the status of baselines alone (THREATS 29). */
const WAIVER_STATUS: Grant = {
  why: STATUS.why,
  rule: { ...STATUS.rule, resources: [`${BASELINE_WAIVER.plural}/status`] },
};

const EVENTS: Grant = {
  why: 'Repairs and transitions.',
  rule: { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
};

const FINALIZER: Grant = {
  why: [
    'The finalizer under deletionPolicy: Delete. Finalizers are metadata, so this is the right to patch the whole object;',
    'securitybaselines/finalizers would not do, it only guards blockOwnerDeletion. Nothing but the finalizer is patched.',
  ].join('\n'),
  rule: { apiGroups: [SECURITY_BASELINE.group], resources: [SECURITY_BASELINE.plural], verbs: ['patch'] },
};

const LEASES = { apiGroups: [LEASE.group], resources: [LEASE.plural] };

/** In its own namespace, and audit-only as well (THREATS 29): by its Lease the replicas agree who leads. */
export const ownNamespaceGrants: readonly Grant[] = [
  {
    why: 'Who leads. What is created has no name yet that a rule could be about.',
    rule: { ...LEASES, verbs: ['create'] },
  },
  {
    why: 'Listed and watched by its name, so that a Lease that is given up is taken at once.',
    rule: { ...LEASES, resourceNames: [LEASE_NAME], verbs: [...READ, 'update'] },
  },
];

/** Without the reserved prefix: a baseline may govern the rights of that namespace, too. */
const AUDIT_ROLE = 'audit-policy-publisher';

/** The published audit policy, in its own namespace: a Role of its own, so that audit-only can leave it out (THREATS 29). */
export const auditPolicyGrants: readonly Grant[] = [
  {
    why: 'Policies are named by their hash, so no rule can name them. No other ConfigMap of that namespace matters to anybody.',
    rule: { apiGroups: [''], resources: ['configmaps'], verbs: [...READ, ...WRITE] },
  },
];

/**
 * Policies at admission, in a ClusterRole of its own that is an opt-in: whoever writes them can refuse any request of the
 * cluster. Their names cannot be named here, because what is created has none yet.
 */
export const admissionGrants = (): readonly Grant[] =>
  merged(
    grantsOn(
      ADMISSION_KINDS.map(kindRow),
      [...READ, ...WRITE],
      'What refuses tampering at the door, where a baseline says `admission`.',
    ),
  );

/** What is watched: what decides who governs, and what the controls and their facts look at. */
const readKinds = (): readonly KindRow[] => {
  const ofSections = SECTIONS.flatMap((section) => [
    ...kindsOfSection(controls, section),
    ...inspectedBySection(controls, section),
  ]);
  const read = new Set([...BASE_KINDS, ...ofSections, ...kindsOfCluster(clusterControls)]);
  return KINDS.filter(({ kind }) => read.has(kind));
};

/** What is written whole, in governed namespaces. */
const writtenKinds = (): readonly KindRow[] =>
  KINDS.filter(({ kind }) => controls.some(({ writes }) => writes.includes(kind)));

/** Of which single fields are written. */
const appliedKinds = (): readonly KindRow[] =>
  KINDS.filter(({ kind }) => controls.some(({ applies = [] }) => applies.includes(kind)));

/** Who may label namespaces chooses what baselines, policies and webhooks select: a ClusterRole of its own, by choice. */
const isOptIn = ({ kind }: KindRow): boolean => kind === 'Namespace';

/** A kind of which one object is watched by name needs the right to that name alone. */
const namesOf = ({ fieldSelector }: KindRow): readonly string[] | undefined => {
  const name = /^metadata\.name=([^,]+)$/.exec(fieldSelector ?? '')?.[1];
  return name === undefined ? undefined : [name];
};

const grantsOn = (kinds: readonly KindRow[], verbs: readonly string[], why: string): readonly Grant[] =>
  kinds.map((row) => {
    const names = namesOf(row);
    const rule = { apiGroups: [row.group], resources: [row.plural] };
    return { why, rule: { ...rule, ...(names === undefined ? {} : { resourceNames: names }), verbs } };
  });

const reading = (): readonly Grant[] => grantsOn(readKinds(), READ, 'What is watched.');

const reports = (): readonly Grant[] => grantsOn([kindRow(BASELINE_REPORT.kind)], WRITE, 'One report a namespace.');

/** Everything the operator may do, but for what baselines hand out (rbac/grantable.yaml). */
export const operatorGrants = (): readonly Grant[] =>
  merged([
    ...reading(),
    ...grantsOn(writtenKinds(), WRITE_WHOLE, 'What baselines declare.'),
    ...grantsOn(
      appliedKinds().filter((row) => !isOptIn(row)),
      ['patch'],
      'Single fields of what others make, by server-side apply.',
    ),
    ...reports(),
    STATUS,
    WAIVER_STATUS,
    FINALIZER,
    EVENTS,
  ]);

/** What is not granted without asking (DESIGN §4). */
export const namespaceLabelGrants = (): readonly Grant[] =>
  grantsOn(appliedKinds().filter(isOptIn), ['patch'], 'The Pod Security labels, by server-side apply of them alone.');

/** Reports for others to show, by choice. Who creates names what is not there yet, so that verb alone is for any name. */
export const policyReportGrants = (): readonly Grant[] =>
  merged([
    ...grantsOn(
      POLICY_REPORT_KINDS,
      [...READ, 'update', 'delete'],
      'What others show: one report a namespace, of our name.',
    ),
    ...POLICY_REPORT_KINDS.map(({ group, plural }) => ({
      why: 'What is created has no name yet that a rule could be about.',
      rule: { apiGroups: [group], resources: [plural], verbs: ['create'] },
    })),
  ]);

/** The same operator without a hand to lift: it reads, and says what it sees (THREATS 29). */
export const auditOnlyGrants = (): readonly Grant[] => merged([...reading(), ...reports(), STATUS, EVENTS]);

const readOnly = (grants: readonly Grant[]): readonly Grant[] =>
  grants.map(({ rule }) => ({ why: 'What is published.', rule: { ...rule, verbs: READ } }));

/** Rules of one reason, group, names and verbs become one. */
function merged(grants: readonly Grant[]): readonly Grant[] {
  const byKey = new Map<string, Grant>();
  for (const { why, rule } of grants) {
    const key = JSON.stringify([why, rule.apiGroups, rule.resourceNames ?? [], rule.verbs]);
    const before = byKey.get(key);
    const resources = [...(before?.rule.resources ?? []), ...rule.resources].sort();
    byKey.set(key, { why, rule: { ...rule, resources } });
  }
  return [...byKey.values()];
}

const clusterRole = (grants: readonly Grant[], name = 'drawbridge'): string =>
  `${YAML_HEADER}# From what the controls read and write (src/controls), the kinds (src/core/kinds/kinds.ts) and tools/generate/rbac.ts.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: ${name}
  labels:
    app.kubernetes.io/name: drawbridge
rules:
${grants.map(ruleText).join('')}`;

const ownNamespaceRole = (
  name: string,
  grants: readonly Grant[],
): string => `${YAML_HEADER}# From tools/generate/rbac.ts.
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: ${name}
  namespace: drawbridge-system
  labels:
    app.kubernetes.io/name: drawbridge
rules:
${grants.map(ruleText).join('')}`;

function ruleText({ why, rule }: Grant, at: number, grants: readonly Grant[]): string {
  const comment = why === grants[at - 1]?.why ? '' : `${why.replaceAll(/^/gm, '# ')}\n`;
  return `${comment}${stringify([rule], { indentSeq: false, lineWidth: 120, flowCollectionPadding: false })}`;
}

export const rbacGenerator: Generator = {
  name: 'rbac',
  files: async () => [
    { path: 'manifests/base/rbac/clusterrole.yaml', content: clusterRole(operatorGrants()) },
    { path: 'manifests/base/rbac/role.yaml', content: ownNamespaceRole('drawbridge', ownNamespaceGrants) },
    {
      path: 'manifests/base/rbac/auditpolicy.yaml',
      content: ownNamespaceRole(AUDIT_ROLE, auditPolicyGrants),
    },
    {
      path: 'manifests/admission/clusterrole.yaml',
      content: clusterRole(admissionGrants(), 'drawbridge-admission'),
    },
    {
      path: 'manifests/namespace-labels/clusterrole.yaml',
      content: clusterRole(namespaceLabelGrants(), 'drawbridge-namespace-labels'),
    },
    {
      path: 'manifests/policy-reports/clusterrole.yaml',
      content: clusterRole(policyReportGrants(), 'drawbridge-policy-reports'),
    },
    { path: 'manifests/overlays/audit-only/clusterrole.yaml', content: clusterRole(auditOnlyGrants()) },
    {
      path: 'manifests/overlays/audit-only/auditpolicy.yaml',
      content: ownNamespaceRole(AUDIT_ROLE, readOnly(auditPolicyGrants)),
    },
  ],
};
