import type { Observed } from '../../../src/agents/auditAgent/nextStep.ts';

/** A node at rest, on which `policy` works and `wanted` is published. */
export const observedOf = (policy: string, wanted: string): Observed => ({
  nowMs: 0,
  now: '',
  wanted,
  policy,
  policyMistake: undefined,
  copies: new Set(),
  manifest: { usable: true, hash: undefined },
  server: { isReady: true, process: 1, isAsked: true },
  proof: undefined,
  turn: 'not-mine',
  refusedElsewhere: new Map(),
});
