import { SECURITY_BASELINE } from '../../api/names.ts';
import type { AuditSpec } from '../../api/types.ts';
import type { AuditSource } from '../../audit/compile/publication.ts';
import type { AuditSection } from '../../audit/compile/section.ts';
import type { BaselineBody } from '../../core/model/bodies.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';

/** A section as it is in one generation of its baseline. */
export interface BaselineSource extends AuditSource {
  readonly generation: number;
}

/** The audit sections of all baselines, by name: the policy is the whole cluster's (THREATS 22). */
export const auditSources = (index: ObjectIndex): readonly BaselineSource[] =>
  ([...index.ofKind(SECURITY_BASELINE.kind)] as readonly Entry<BaselineBody>[])
    .flatMap(({ name, uid, body: { generation, spec } }) =>
      spec.audit === undefined
        ? []
        : [
            {
              baseline: name,
              uid,
              generation,
              section: sectionOf(spec.audit),
              active: (spec.audit.enforcement ?? spec.enforcement) === 'Enforce' && spec.suspend !== true,
            },
          ],
    )
    .sort((a, b) => (a.baseline < b.baseline ? -1 : 1));

const sectionOf = ({ level, rules }: AuditSpec): AuditSection => ({ level, rules: rules ?? [] });
