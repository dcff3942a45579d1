import type { AllowRule, NetworkSpec, PeerSpec } from '../../api/types.ts';
import type { Wanted } from '../../core/control/control.ts';
import { defineControl } from '../../core/control/control.ts';
import { withinSize } from '../../core/control/ownSize.ts';
import { perSpec } from '../../core/control/perSpec.ts';
import type { EgressRule, IngressRule } from '../../k8s/networkPolicy.ts';
import type { CarvedPeers } from './carvedPeers.ts';
import { carvedPeers, everywhereBut } from './carvedPeers.ts';
import { leftOutFinding, policyRef } from './findings.ts';
import type { Direction } from './names.ts';
import { denies, ruleName } from './names.ts';
import { egressRule, ingressRule, policyBody, portBodies } from './policyBody.ts';
import { closing } from './preflight.ts';

const ID = 'network.allow-rules';

/** Each rule of the baseline as one NetworkPolicy, as written, without what `blockedCidrs` covers. */
export const allowRules = defineControl({
  id: ID,
  section: 'network',
  stage: 'allow',
  summary: 'Writes each of allow.rules as one NetworkPolicy, with blockedCidrs carved out of it.',
  reads: [],
  writes: ['NetworkPolicy'],
  facts: [],
  build(spec, view) {
    const policies = carvedPolicies(closing(spec, view), undefined);
    const built = {
      wanted: policies.map(({ wanted }) => wanted),
      findings: policies.flatMap(({ wanted, leftOut }) =>
        leftOutFinding(ID, policyRef(view.namespace, wanted.name), leftOut),
      ),
    };
    return withinSize(built, ID, 'SB-NET-002', view);
  },
});

interface CarvedPolicy {
  readonly wanted: Wanted;
  readonly leftOut: readonly string[];
}

const carvedPolicies = perSpec((spec: NetworkSpec, _: undefined): readonly CarvedPolicy[] =>
  (spec.allow?.rules ?? []).flatMap((rule) => carvedPolicy(rule, spec)),
);

/**
 * A policy has the directions that the rule names and the baseline denies: in any other it would isolate its pods, and an
 * allowance must never take away. One that lost all its rules still has its policyTypes, and so denies: its pods do not
 * fall back to what an absent policy would allow (THREATS 7).
 */
function carvedPolicy(rule: AllowRule, spec: NetworkSpec): readonly CarvedPolicy[] {
  const blocked = spec.blockedCidrs ?? [];
  const [letIn, letOut] = [
    denies(spec, 'Ingress') ? rule.ingress : undefined,
    denies(spec, 'Egress') ? rule.egress : undefined,
  ];
  // The API server would take a policy without policyTypes for one of Ingress.
  if (letIn === undefined && letOut === undefined) return [];
  const ingress = (letIn ?? []).map(({ from, ports }) => ({ ...carvedPeers(from, blocked), from, ports }));
  const egress = (letOut ?? []).map(({ to, ports }) => ({ ...carvedDestinations(to, blocked), to, ports }));
  const policyTypes: readonly Direction[] = [
    ...(letIn === undefined ? [] : (['Ingress'] as const)),
    ...(letOut === undefined ? [] : (['Egress'] as const)),
  ];
  const body = policyBody({
    podSelector: rule.podSelector,
    policyTypes,
    // A rule that lost its last peer goes as a whole: an empty list would let everybody in.
    ingress: ingress
      .filter(({ from, peers }) => from.length === 0 || peers.length > 0)
      .map(({ peers, ports }): IngressRule => ingressRule(peers, portBodies(ports))),
    egress: egress
      .filter(({ to, peers }) => (to.length === 0 && blocked.length === 0) || peers.length > 0)
      .map(({ peers, ports }): EgressRule => egressRule(peers, portBodies(ports))),
  });
  return [
    {
      wanted: { kind: 'NetworkPolicy', name: ruleName(rule.name), body },
      leftOut: [...ingress, ...egress].flatMap((part) => part.leftOut),
    },
  ];
}

/**
 * `to: []` means anywhere, and would reach what is blocked: with blockedCidrs it becomes everywhere else, written out.
 * `from: []` stays: blocked addresses are destinations, and an ipBlock would shut out nodes on some plug-ins (THREATS 24).
 */
const carvedDestinations = (to: readonly PeerSpec[], blocked: readonly string[]): CarvedPeers =>
  to.length === 0 && blocked.length > 0 ? everywhereBut(blocked) : carvedPeers(to, blocked);
