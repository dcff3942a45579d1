import type { ReportedLayer } from '../../core/outcome/layers.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import { auditSources } from './sources.ts';

const SHADOWS = 4;

/**
 * The audit layer as reports tell of it. It is the whole cluster's (THREATS 22), and whether API servers record what is
 * declared, the condition AuditEffective says: were it repeated here, each turn of it would write every report.
 */
export function auditLayer(index: ObjectIndex): ReportedLayer {
  const sources = auditSources(index);
  const [first, ...others] = [...sources.filter(({ active }) => active), ...sources.filter(({ active }) => !active)];
  if (first === undefined) return { layer: 'audit', state: 'None' };
  const shadows = others.slice(0, SHADOWS).map(({ baseline }) => baseline);
  return {
    layer: 'audit',
    state: first.active ? 'Declared' : 'Audited',
    baseline: first.baseline,
    ...(shadows.length === 0 ? {} : { shadows }),
  };
}
