import { REPORT_NAME } from '../../api/names.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { KindRow } from './kindRow.ts';
import { projectOwn } from './projectOwn.ts';

/** Ours alone, and by a name, so that the right to it is one to that name. */
const OURS = {
  namespaced: true,
  fieldSelector: `metadata.name=${REPORT_NAME}`,
  project: (raw: KubeObject, bytes: number) => (raw.metadata.name === REPORT_NAME ? projectOwn(raw, bytes) : undefined),
} as const;

/**
 * The reports that dashboards of policy engines show. The later API comes first: the Policy working group's is retired into
 * OpenReports (openreports.io/docs, github.com/openreports/reports-api).
 */
export const POLICY_REPORT_KINDS: readonly KindRow[] = [
  { kind: 'Report', group: 'openreports.io', version: 'v1alpha1', plural: 'reports', ...OURS },
  { kind: 'PolicyReport', group: 'wgpolicyk8s.io', version: 'v1alpha2', plural: 'policyreports', ...OURS },
];

/** Those whose API group is served, the one to write first. */
export const policyReportKindsIn = (groups: readonly string[]): readonly KindRow[] =>
  POLICY_REPORT_KINDS.filter(({ group }) => groups.includes(group));
