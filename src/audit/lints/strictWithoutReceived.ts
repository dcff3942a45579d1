import type { Lint } from '../lint.ts';

export const strictWithoutReceived: Lint = {
  id: 'strict-without-received',
  severity: 'error',
  summary: 'Mode blocking-strict refuses what cannot be recorded only at RequestReceived, and that stage is omitted.',
  check: ({ omitStages }, { mode }) => {
    if (mode !== 'blocking-strict' || !omitStages.includes('RequestReceived')) return [];
    const message =
      'blocking-strict refuses a request only when its RequestReceived event cannot be written: leave the stage in, or the mode protects nothing';
    return [{ path: 'omitStages', message }];
  },
};
