import fc from 'fast-check';
import type { SecurityBaselineSpec } from '../../../src/api/types.ts';
import type { Labels } from '../../../src/k8s/object.ts';

type Selector = SecurityBaselineSpec['namespaceSelector'];

/** Few, so that what selects and what is selected meet; `constructor` and `verbs` are labels like any other. */
const key = fc.constantFrom('app', 'team', 'constructor', 'verbs', 'example.com/tier');
const value = fc.constantFrom('', 'web', 'db', 'a');

export const labels: fc.Arbitrary<Labels> = fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true });

const requirement = fc.oneof(
  fc.record({
    key,
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.array(value, { minLength: 1, maxLength: 2 }),
  }),
  fc.record(
    { key, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const), values: fc.constant([]) },
    { requiredKeys: ['key', 'operator'] },
  ),
);
const requirements = fc.array(requirement, { maxLength: 2 });

/** A selector as the schema takes it: never `{}`, but either of its fields may be empty. */
export const selector: fc.Arbitrary<Selector> = fc.oneof(
  fc.constant({ matchLabels: {} }),
  fc.record({ matchLabels: labels }),
  fc.record({ matchExpressions: requirements }),
  fc.record({ matchLabels: labels, matchExpressions: requirements }),
);
