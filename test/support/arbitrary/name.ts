import fc from 'fast-check';

/** Names that meet each other: few, short, and some that look like what is made of others. */
const SHORT = fc.constantFrom('a', 'b', 'web', 'viewer', 'x-1', 'allow-dns', 'default-deny', 'rule-a', '0');

/** Names around the length at which they are cut, equal but for a character or two. */
const SIMILAR = fc
  .record({
    length: fc.integer({ min: 36, max: 61 }),
    fill: fc.constantFrom('x', 'y', '-'),
    tail: fc.stringMatching(/^[ab0]{1,2}$/),
  })
  .map(({ length, fill, tail }) => `a${fill.repeat(length - 1)}${tail}`);

/** A name as the schema takes it for rules, roles and bindings: a DNS label. */
export const dnsLabel: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: SHORT },
  { weight: 1, arbitrary: SIMILAR },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/) },
);
