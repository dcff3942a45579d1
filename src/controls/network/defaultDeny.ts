import type { NetworkSpec } from '../../api/types.ts';
import type { Built } from '../../core/control/control.ts';
import { defineControl } from '../../core/control/control.ts';
import { perSpec } from '../../core/control/perSpec.ts';
import { CALLER_KINDS } from '../../core/facts/callbacksFact.ts';
import { preflightFindings } from './callbackFindings.ts';
import { DEFAULT_DENY, denies } from './names.ts';
import { AGENT_KINDS } from './nodeAgents.ts';
import { policyBody } from './policyBody.ts';
import { closing, preflightBasis, preflightOf } from './preflight.ts';

const ID = 'network.default-deny';

/** Selects every pod and allows nothing in the declared directions. Written last, after what is allowed. */
export const defaultDeny = defineControl({
  id: ID,
  section: 'network',
  stage: 'guard',
  summary:
    'Denies every pod all traffic in the declared directions that no other policy allows; not before the API server gets to what it calls.',
  reads: ['Service', ...CALLER_KINDS],
  writes: ['NetworkPolicy'],
  inspects: AGENT_KINDS,
  facts: ['callbacks'],
  build(spec, view) {
    const findings = preflightFindings(ID, spec, view);
    const wanted = orKept(built(closing(spec, view), undefined), preflightOf(spec, view).unknown);
    return findings.length === 0 ? wanted : { ...wanted, findings };
  },
  basis: preflightBasis,
});

/**
 * What stands of another direction, declared until an edit, stays until it is known whether this one may be closed: or the
 * first moments of a process would open the namespace, to close it a second later.
 */
const orKept = (made: Built, unknown: boolean): Built =>
  unknown && made.wanted.length === 0 ? { ...made, kept: [{ kind: 'NetworkPolicy', name: DEFAULT_DENY }] } : made;

const built = perSpec((spec: NetworkSpec, _: undefined): Built => {
  const policyTypes = (['Ingress', 'Egress'] as const).filter((direction) => denies(spec, direction));
  // Without policyTypes the API server would take it for one of Ingress.
  if (policyTypes.length === 0) return { wanted: [] };
  return {
    wanted: [{ kind: 'NetworkPolicy', name: DEFAULT_DENY, body: policyBody({ podSelector: {}, policyTypes }) }],
  };
});
