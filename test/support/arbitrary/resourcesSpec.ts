import fc from 'fast-check';
import type { ResourcesSpec } from '../../../src/api/types.ts';

const quantity = fc
  .tuple(
    fc.oneof(fc.nat(20), fc.nat(2048), fc.constantFrom(0, 1000, 1024, 1_048_576)),
    fc.constantFrom('', '', '.5', '.25', '.001', '.0'),
    fc.constantFrom('', '', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'Ti'),
  )
  .map(([whole, fraction, suffix]) => `${whole}${fraction}${suffix}`);
const WHOLE = fc.oneof(fc.nat(100), fc.constantFrom(0, 1000, 1500)).map(String);

const some = (names: readonly string[], value: fc.Arbitrary<string>, minLength = 0) =>
  fc
    .uniqueArray(fc.constantFrom(...names), { minLength, maxLength: names.length })
    .chain((keys) =>
      fc
        .tuple(...keys.map(() => value))
        .map((values) => Object.fromEntries(keys.map((key, index) => [key, values[index] ?? '0']))),
    );

/** The server holds defaults against bounds; one bound alone contradicts nothing. */
const bound = fc
  .constantFrom('max' as const, 'min' as const)
  .chain((side) => some(['cpu', 'memory', 'ephemeral-storage'], quantity, 1).map((values) => ({ [side]: values })));
const container = fc.oneof(
  bound,
  some(['cpu', 'memory'], quantity, 1).map((values) => ({ default: values })),
  some(['cpu', 'memory'], quantity, 1).map((values) => ({ defaultRequest: values })),
);
const limitRange = fc
  .tuple(fc.option(container, { nil: undefined }), fc.option(bound, { nil: undefined }))
  .filter(([one, other]) => one !== undefined || other !== undefined)
  .map(([one, other]) => ({
    limits: [
      ...(one === undefined ? [] : [{ type: 'Container' as const, ...one }]),
      ...(other === undefined ? [] : [{ type: 'Pod' as const, ...other }]),
    ],
  }));
const quota = fc
  .tuple(
    some(['requests.cpu', 'limits.memory', 'requests.storage'], quantity),
    some(['pods', 'services.nodeports', 'count/jobs.batch'], WHOLE),
  )
  .filter(([a, b]) => Object.keys(a).length + Object.keys(b).length > 0)
  .map(([a, b]) => ({ hard: { ...a, ...b } }));

/** A resources section that the CRD accepts (test/cluster/echo.test.ts has the API server say so). */
export const resourcesSpec: fc.Arbitrary<ResourcesSpec> = fc.oneof(
  fc.record({ quota, limitRange }),
  fc.record({ quota }),
  fc.record({ limitRange }),
) as fc.Arbitrary<ResourcesSpec>;
