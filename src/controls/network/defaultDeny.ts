import type { NetworkSpec } from '../../api/types.ts';
import type { Built } from '../../core/control/control.ts';
import { defineControl } from '../../core/control/control.ts';
import { perSpec } from '../../core/control/perSpec.ts';
import { DEFAULT_DENY, denies } from './names.ts';
import { policyBody } from './policyBody.ts';

/** Selects every pod and allows nothing in the declared directions. Written last, after what is allowed. */
export const defaultDeny = defineControl({
  id: 'network.default-deny',
  section: 'network',
  stage: 'guard',
  summary: 'Denies every pod all traffic in the declared directions that no other policy allows.',
  reads: [],
  writes: ['NetworkPolicy'],
  facts: [],
  build: (spec) => built(spec, undefined),
});

const built = perSpec((spec: NetworkSpec, _: undefined): Built => {
  const policyTypes = (['Ingress', 'Egress'] as const).filter((direction) => denies(spec, direction));
  return {
    wanted: [{ kind: 'NetworkPolicy', name: DEFAULT_DENY, body: policyBody({ podSelector: {}, policyTypes }) }],
  };
});
