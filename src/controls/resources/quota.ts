import type { ResourcesSpec } from '../../api/types.ts';
import type { Built } from '../../core/control/control.ts';
import { defineControl } from '../../core/control/control.ts';
import { perSpec } from '../../core/control/perSpec.ts';
import { reservedNameFindings } from '../../core/control/reservedNames.ts';
import type { QuotaBody } from '../../core/model/bodies.ts';
import type { Finding } from '../../core/model/finding.ts';
import { quoteForeign } from '../../core/model/finding.ts';
import type { Entry } from '../../k8s/entry.ts';
import { QUOTA } from './names.ts';
import { storedQuantities } from './storedQuantities.ts';

const ID = 'resources.quota';
const CHECK = 'SB-QOS-002';

/** What a namespace may use in all. After the LimitRange: a quota refuses pods that ask for nothing. */
export const quota = defineControl({
  id: ID,
  section: 'resources',
  stage: 'guard',
  summary: 'Writes the declared ResourceQuota; usage above it is a finding, for a quota takes nothing back.',
  reads: [],
  writes: ['ResourceQuota'],
  facts: [],
  build: (spec) => built(spec, undefined),
  inspect: (spec, view) => ({
    findings: [
      ...reservedNameFindings(ID, CHECK, 'ResourceQuota', new Set(spec.quota === undefined ? [] : [QUOTA]), view),
      ...(spec.quota === undefined ? [] : aboveQuota(view.live('ResourceQuota', QUOTA))),
    ],
  }),
});

const built = perSpec(
  (spec: ResourcesSpec, _: undefined): Built => ({
    wanted:
      spec.quota === undefined
        ? []
        : [{ kind: 'ResourceQuota', name: QUOTA, body: { spec: { hard: storedQuantities(spec.quota.hard) } } }],
  }),
);

function aboveQuota(live: Entry | undefined): readonly Finding[] {
  const exceeded = (live as Entry<QuotaBody> | undefined)?.body.exceeded ?? [];
  if (live === undefined || exceeded.length === 0) return [];
  return [
    {
      control: ID,
      check: CHECK,
      severity: 'medium',
      result: 'fail',
      ref: live,
      reason: 'UsageAboveQuota',
      message: `More is used than the quota allows: ${exceeded.map(quoteForeign).join(', ')}; what runs goes on, and nothing more is let in.`,
    },
  ];
}
