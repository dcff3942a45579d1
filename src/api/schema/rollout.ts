import Type from 'typebox';
import { celRules } from './cel.ts';

const Batch = Type.Unsafe<number | string>({
  'x-kubernetes-int-or-string': true,
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  minimum: 1,
  maximum: 100000,
  maxLength: 4,
  pattern: '^([1-9][0-9]?|100)%$',
  description:
    'How many namespaces may be changed at once: a number, or a percentage of those that the edit concerns, rounded up, such as `10%`. At least one.',
});

/** How an edit, or a take-over from another baseline, reaches the namespaces that were governed before. */
export const RolloutSchema = Type.Object(
  {
    batch: Batch,
    pause: Type.String({
      minLength: 2,
      maxLength: 16,
      description:
        'How long to watch a batch before the next one, in whole hours, minutes, seconds and milliseconds, such as `60s` or `1h30m`; at most 24h.',
      ...celRules({
        rule: "self.matches('^([0-9]{1,6}(h|ms|m|s))+$') && duration(self) <= duration('24h')",
        message: 'write pause as a duration of at most 24h, such as 60s, 5m or 1h30m',
      }),
    }),
  },
  {
    additionalProperties: false,
    description:
      'Brings an edit of the baseline, or its take-over from another one, to the namespaces in batches. Until its turn a namespace is held at what it was held to before. New namespaces, drift and changed facts never wait. Absent means everywhere at once.',
  },
);
