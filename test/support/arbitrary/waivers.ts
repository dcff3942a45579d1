import fc from 'fast-check';
import { WAIVABLE_CONTROLS } from '../../../src/api/schema/controlId.ts';
import type { Waiver } from '../../../src/core/waive/waiver.ts';
import { waiver } from '../buildWaiver.ts';

/** Of which the first ones name the namespace payments. */
const namespaces = fc.constantFrom('payments', 'pay*', 'p?yments', 'shop', 'sandbox-*', 'payments2', '*', '?*');

const object = fc.record({
  kind: fc.constantFrom('NetworkPolicy', 'Role', 'RoleBinding', 'ResourceQuota'),
  name: fc.constantFrom('open', 'drawbridge-default-deny', 'drawbridge-quota', 'other'),
});

/** Any waivers, also such as the schema would refuse. */
export const waivers: fc.Arbitrary<readonly Waiver[]> = fc
  .array(
    fc.record({
      namespaces: fc.array(namespaces, { minLength: 1, maxLength: 3 }),
      controls: fc.array(fc.constantFrom(...WAIVABLE_CONTROLS, 'audit.policy', 'admission'), {
        minLength: 1,
        maxLength: 3,
      }),
      objects: fc.option(fc.array(object, { minLength: 1, maxLength: 3 }), { nil: undefined, freq: 2 }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((all) =>
    all.map(({ objects, ...spec }, index) => waiver(`w${index}`, objects === undefined ? spec : { ...spec, objects })),
  );
