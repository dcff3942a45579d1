import type { Lint } from '../lint.ts';
import { STAGES } from '../policy.ts';

export const noStages: Lint = {
  id: 'no-stages',
  severity: 'error',
  summary: 'A rule records nothing, because every stage is omitted, by itself or together with the policy.',
  check: ({ omitStages, rules }) =>
    rules.flatMap((rule, index) => {
      const omitted = new Set([...omitStages, ...rule.omitStages]);
      if (rule.level === 'None' || STAGES.some((stage) => !omitted.has(stage))) return [];
      const message = 'it makes no event at any stage: leave one in, or write level None if that is meant';
      return [{ path: `rules[${index}].omitStages`, message }];
    }),
};
