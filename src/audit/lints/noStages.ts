import type { Lint } from '../lint.ts';

/** Panic is the end of a request that met a bug of the server. */
const REACHED = ['RequestReceived', 'ResponseStarted', 'ResponseComplete'] as const;

export const noStages: Lint = {
  id: 'no-stages',
  severity: 'error',
  summary: 'A rule records nothing, because every stage but Panic is omitted, by itself or together with the policy.',
  check: ({ omitStages, rules }) =>
    rules.flatMap((rule, index) => {
      const omitted = new Set([...omitStages, ...rule.omitStages]);
      if (rule.level === 'None' || REACHED.some((stage) => !omitted.has(stage))) return [];
      const message =
        'it makes no event at any stage that a request comes to: leave one in, or write level None if that is meant';
      return [{ path: `rules[${index}].omitStages`, message }];
    }),
};
