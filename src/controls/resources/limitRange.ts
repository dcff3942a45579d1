import type { ResourcesSpec } from '../../api/types.ts';
import type { Built } from '../../core/control/control.ts';
import { defineControl } from '../../core/control/control.ts';
import { perSpec } from '../../core/control/perSpec.ts';
import { reservedNameFindings } from '../../core/control/reservedNames.ts';
import { LIMIT_RANGE } from './names.ts';
import type { Quantities } from './storedQuantities.ts';
import { storedQuantities } from './storedQuantities.ts';

const ID = 'resources.limit-range';

/** What a container gets that says nothing, and what it may say. */
export const limitRange = defineControl({
  id: ID,
  section: 'resources',
  stage: 'allow',
  summary: 'Writes the declared LimitRange, with the defaults that the API server fills in.',
  reads: [],
  writes: ['LimitRange'],
  facts: [],
  build: (spec) => built(spec, undefined),
  inspect: (spec, view) => ({
    findings: reservedNameFindings(
      ID,
      'SB-QOS-001',
      'LimitRange',
      new Set(spec.limitRange === undefined ? [] : [LIMIT_RANGE]),
      view,
    ),
  }),
});

const built = perSpec(
  (spec: ResourcesSpec, _: undefined): Built => ({
    wanted:
      spec.limitRange === undefined
        ? []
        : [{ kind: 'LimitRange', name: LIMIT_RANGE, body: { spec: { limits: spec.limitRange.limits.map(limitOf) } } }],
  }),
);

type Limit = NonNullable<ResourcesSpec['limitRange']>['limits'][number];

/** With the defaults of pkg/apis/core/v1/defaults.go (SetDefaults_LimitRangeItem); an empty map is no field. */
function limitOf(limit: Limit): Readonly<Record<string, unknown>> {
  const [max, min] = [storedQuantities(limit.max), storedQuantities(limit.min)];
  const isContainer = limit.type === 'Container';
  const standard = isContainer ? { ...max, ...storedQuantities(limit.default) } : {};
  const request = isContainer ? { ...min, ...standard, ...storedQuantities(limit.defaultRequest) } : {};
  const fields: Readonly<Record<string, Quantities>> = {
    default: standard,
    defaultRequest: request,
    max,
    maxLimitRequestRatio: storedQuantities(limit.maxLimitRequestRatio),
    min,
  };
  return {
    type: limit.type,
    ...Object.fromEntries(Object.entries(fields).filter(([, values]) => Object.keys(values).length > 0)),
  };
}
