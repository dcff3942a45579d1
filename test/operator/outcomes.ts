import type { Governance } from '../../src/core/govern/governance.ts';
import type { Outcome } from '../../src/core/outcome/outcome.ts';
import type { Contribution } from '../../src/core/outcome/tally.ts';
import type { Drift } from '../../src/core/plan/changeResult.ts';
import { contribution } from '../core/tallies.ts';
import { baseline, governed } from '../support/build.ts';

export const DRIFT: Drift = {
  ref: { kind: 'NetworkPolicy', namespace: 'payments', name: 'drawbridge-default-deny' },
  section: 'network',
  control: 'network.default-deny',
  baseline: 'restricted',
  change: 'modified',
  fields: ['/spec/ingress'],
  manager: 'kubectl',
  result: 'repaired',
  repairedInMs: 4.26,
};

/** The outcome of a look at the namespace payments under one baseline. */
export const outcomeWith = (
  findings: Outcome['baselines'][number]['findings'] = [],
  more: Partial<Outcome> = {},
): Outcome => ({
  namespace: 'payments',
  governance: governed([baseline('restricted')]),
  baselines: [
    {
      baseline: 'restricted',
      uid: 'uid-restricted',
      generation: 1,
      state: 'compliant',
      retained: false,
      findings,
      failure: undefined,
    },
  ],
  results: [],
  drifts: [],
  takenOver: [],
  contested: 0,
  durationMs: 1,
  ...more,
});

/** An outcome that is alike for every baseline that counts here. */
export const outcomeOver = (
  governance: Governance,
  part: Contribution = contribution(),
  more: Partial<Outcome> = {},
): Outcome => ({
  namespace: governance.namespace,
  governance,
  baselines: governance.sections
    .flatMap(({ governor, shadows }) => [...(governor ? [governor] : []), ...shadows])
    .map(({ baseline: { name, uid, generation } }) => ({ ...part, baseline: name, uid, generation })),
  results: [],
  drifts: [],
  takenOver: [],
  contested: 0,
  durationMs: 0,
  ...more,
});
