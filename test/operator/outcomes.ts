import type { Drift, Outcome } from '../../src/core/outcome.ts';
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
