import type { ReportedSection, Section } from '../../api/types.ts';
import type { Labels } from '../../k8s/object.ts';
import { labelOf } from '../../k8s/selector.ts';
import type { Baseline } from './baseline.ts';
import { enforcementOf, selectorKeys, selects } from './baseline.ts';
import type { Claim, NamespaceIdentity } from './governance.ts';
import type { Held } from './held.ts';
import { staysHeld } from './held.ts';

/** The claim of a baseline to a section of a namespace, if it selects or still holds it. */
export function claimOf(
  section: Section,
  baseline: Baseline,
  namespace: NamespaceIdentity,
  record: Held[number] | undefined,
  ownNamespace: string,
): Claim | undefined {
  const spec = baseline.spec[section];
  if (spec === undefined || baseline.releasing) return undefined;
  const matches = selects(baseline.spec, namespace.name, namespace.labels, ownNamespace);
  const stays = !matches && staysHeld(baseline, namespace, record, ownNamespace);
  if (!matches && !stays) return undefined;
  return {
    section,
    baseline,
    spec,
    enforcement: enforcementOf(baseline.spec, section),
    suspended: baseline.spec.suspend === true,
    retained: stays,
    selectedBy: stays && record !== undefined ? record.selectedBy : readBy(baseline, namespace.labels),
  };
}

const readBy = (baseline: Baseline, labels: Labels): ReportedSection['selectedBy'] =>
  selectorKeys(baseline.spec).map((key) => {
    const value = labelOf(labels, key);
    return value === undefined ? { key } : { key, value };
  });

export const active = (claim: Claim | undefined): boolean => claim?.enforcement === 'Enforce' && !claim.suspended;

export const priorityOf = (claim: Claim): number => claim.baseline.spec.priority ?? 0;

/** Priority first, then the oldest, then the name: DESIGN §2.1. */
function compareRank(a: Claim, b: Claim): number {
  const older =
    a.baseline.createdAt === b.baseline.createdAt ? 0 : a.baseline.createdAt < b.baseline.createdAt ? -1 : 1;
  return priorityOf(b) - priorityOf(a) || older || (a.baseline.name < b.baseline.name ? -1 : 1);
}

export const outranks = (a: Claim, b: Claim): boolean => compareRank(a, b) < 0;

/** Trying must not disarm (THREATS 15): what enforces comes before what only looks. */
export const compareClaims = (a: Claim, b: Claim): number => Number(active(b)) - Number(active(a)) || compareRank(a, b);
