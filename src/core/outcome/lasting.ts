import type { Outcome } from './outcome.ts';

/**
 * What is kept of an outcome once it was told: what is asked again. What was written and drifted is told once, and holds
 * each object as it was wanted, as it was, and as it became, which is most of what a cold start leaves in memory.
 */
export const lasting = (outcome: Outcome): Outcome => ({
  ...outcome,
  results: outcome.results.filter(({ result }) => result === 'failed'),
  drifts: [],
  takenOver: [],
});
