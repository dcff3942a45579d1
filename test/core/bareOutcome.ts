import type { Outcome, OutcomeInput } from '../../src/core/outcome/outcome.ts';
import { outcomeOf } from '../../src/core/outcome/outcome.ts';
import { baseline, governed } from '../support/build.ts';

/** The outcome of a look that found and did nothing, but for what is given. */
export const bareOutcome = (more: Partial<OutcomeInput> = {}): Outcome =>
  outcomeOf({
    governance: governed([baseline('restricted')]),
    findings: [],
    withheld: [],
    results: [],
    drifts: [],
    contested: 0,
    durationMs: 1,
    terminating: false,
    ...more,
  });
