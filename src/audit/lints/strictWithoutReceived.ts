import type { Lint } from '../lint.ts';

const STAGE = 'RequestReceived';
const MESSAGE =
  'blocking-strict refuses a request only when its RequestReceived event cannot be written: leave the stage in, or the mode protects nothing';

export const strictWithoutReceived: Lint = {
  id: 'strict-without-received',
  severity: 'error',
  summary: 'Mode blocking-strict refuses what cannot be recorded only at RequestReceived, and that stage is omitted.',
  check: ({ omitStages, rules }, { mode }) => {
    if (mode !== 'blocking-strict') return [];
    const omits = [
      ...(omitStages.includes(STAGE) ? ['omitStages'] : []),
      ...rules.flatMap((rule, index) =>
        rule.level !== 'None' && rule.omitStages.includes(STAGE) ? [`rules[${index}].omitStages`] : [],
      ),
    ];
    return omits.map((path) => ({ path, message: MESSAGE }));
  },
};
