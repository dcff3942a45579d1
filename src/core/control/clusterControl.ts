import type { SecurityBaselineSpec } from '../../api/types.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { FactName, Facts } from '../facts/facts.ts';
import type { ApiServerPosture } from '../model/apiServerPosture.ts';
import type { Finding } from '../model/finding.ts';

/** The snapshot that a cluster control sees. Nothing else may enter a decision. */
export interface ClusterView {
  readonly ownNamespace: string;
  readonly facts: Facts;
  readonly apiServer: ApiServerPosture;
  /** Whether all objects of a kind are known. */
  knows(kind: string): boolean;
  ofKind(kind: string): Iterable<Entry>;
}

/**
 * Looks at the whole cluster once for each baseline that asks for it, whatever that selects, and only reports: its findings
 * are in `status.clusterFindings` of the baseline. Watches, rights and docs derive from these declarations.
 */
export interface ClusterControl {
  /** Such as `posture.cluster-grants`. */
  readonly id: string;
  /** One sentence for docs/controls.md. */
  readonly summary: string;
  /** The fields of a baseline's spec that ask for it, for docs/controls.md. */
  readonly declaredBy: readonly string[];
  readonly reads: readonly string[];
  readonly facts: readonly FactName[];
  /** Whether it rests on what requests to the API server show. */
  asksApiServer(spec: SecurityBaselineSpec): boolean;
  isAskedBy(spec: SecurityBaselineSpec): boolean;
  /** Pure and total. What could not be observed is a finding `unknown`, never silence. */
  inspect(spec: SecurityBaselineSpec, view: ClusterView): readonly Finding[];
}

/** What the cluster controls find that a baseline asks for. */
export const inspectCluster = (
  controls: readonly ClusterControl[],
  spec: SecurityBaselineSpec,
  view: ClusterView,
): readonly Finding[] =>
  controls.filter((control) => control.isAskedBy(spec)).flatMap((control) => control.inspect(spec, view));
