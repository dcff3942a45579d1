import type { SecurityBaselineStatus } from '../../api/types.ts';
import type { Finding } from '../model/finding.ts';
import { compareFindings, cutAt, objectName } from '../model/finding.ts';

type Rows = NonNullable<SecurityBaselineStatus['clusterFindings']>;

export const CLUSTER_FINDINGS_LIMIT = 20;

/** What `status.clusterFindings` holds: the worst, in an order that depends on nothing but themselves. */
export const clusterRows = (findings: readonly Finding[]): Rows =>
  [...findings]
    .sort((a, b) => compareFindings(a, b) || (a.message < b.message ? -1 : 1))
    .slice(0, CLUSTER_FINDINGS_LIMIT)
    .map((finding) => {
      const { severity, result, control, check, reason, ref, message } = finding;
      return { severity, result, control, check, reason, object: objectName(ref), message: cutAt(message, 1024) };
    });

/** Whether a stored status tells of a finding: then a process that has just started does not tell of it once more. */
export function clusterToldBy(rows: Rows | undefined): (finding: Finding) => boolean {
  // Of what a full list left out nobody can say.
  if (rows?.length === CLUSTER_FINDINGS_LIMIT) return () => true;
  const known = new Set(rows?.map(({ control, reason, object }) => `${control} ${reason} ${object}`));
  return ({ control, reason, ref }) => known.has(`${control} ${reason} ${objectName(ref)}`);
}
