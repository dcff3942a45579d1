import fc from 'fast-check';

/** What an API server takes in names of Roles, in field managers and in fields of pods: more than anybody expects. */
const UNIT = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', '-', '/', ' ') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('"', '\\', '\n', '\u001b', '\u007f', '\u009b', '\u202e', '\u2028', 'é', '😀'),
  },
);

/** A text of somebody who means harm, of any length. */
export const foreignText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: UNIT, maxLength: 80 }),
  fc
    .tuple(fc.integer({ min: 0, max: 1_100 }), fc.string({ unit: UNIT, maxLength: 80 }))
    .map(([n, text]) => 'x'.repeat(n) + text),
  // A pair at each place at which something may be cut.
  fc.integer({ min: 0, max: 1_100 }).map((n) => `${'x'.repeat(n)}${'😀'.repeat(8)}`),
  fc.integer({ min: 0, max: 70 }).map((n) => `${'"'.repeat(n)}${'😀'.repeat(8)}`),
);
