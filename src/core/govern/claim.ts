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
