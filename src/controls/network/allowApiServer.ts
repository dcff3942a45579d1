import type { NetworkSpec } from '../../api/types.ts';
import { defineControl } from '../../core/control/control.ts';
import { perSpec } from '../../core/control/perSpec.ts';
import type { ApiServerFact } from '../../core/facts/facts.ts';
import { FACT_KINDS } from '../../core/facts/factsOf.ts';
import { hostCidr } from '../../k8s/cidr.ts';
import { carvedPeers } from './carvedPeers.ts';
import { leftOutFinding, policyRef, staleFact, unknownFact } from './findings.ts';
import { ALLOW_API_SERVER, denies } from './names.ts';
import { egressRule, policyBody, portBodies } from './policyBody.ts';

const ID = 'network.allow-api-server';
const WHAT = 'The API server';

/** To the API server: each of its addresses by itself, because it is no pod that a selector could name. */
export const allowApiServer = defineControl({
  id: ID,
  section: 'network',
  stage: 'allow',
  summary: 'Allows every pod to reach the API server at its endpoints and its Service address, and at nothing wider.',
  reads: FACT_KINDS.apiServer,
  writes: ['NetworkPolicy'],
  facts: ['apiServer'],
  build(spec, view) {
    if (spec.allow?.apiServer === undefined || !denies(spec, 'Egress')) return { wanted: [] };
    const { cidrs, ports } = spec.allow.apiServer;
    const { apiServer } = view.facts;
    const needsFact = cidrs === undefined || ports === undefined;
    const ref = policyRef(view.namespace, ALLOW_API_SERVER);
    if (needsFact && !apiServer.known) {
      const finding = unknownFact(ID, ref, 'ApiServerUnknown', WHAT, apiServer.why);
      return { wanted: [], kept: [{ kind: 'NetworkPolicy', name: ALLOW_API_SERVER }], findings: [finding] };
    }
    const { wanted, leftOut } = apiServerPolicy(spec, apiServer.known ? apiServer.value : undefined);
    const stale = needsFact && apiServer.known ? apiServer.stale : undefined;
    return {
      wanted: [wanted],
      findings: [
        ...leftOutFinding(ID, ref, leftOut),
        ...(stale === undefined ? [] : [staleFact(ID, ref, 'ApiServerFactStale', WHAT, stale)]),
      ],
    };
  },
});

const apiServerPolicy = perSpec((spec: NetworkSpec, fact: ApiServerFact | undefined) => {
  const { cidrs, ports } = spec.allow?.apiServer ?? {};
  const blocks = cidrs ?? (fact?.addresses ?? []).flatMap((address) => hostCidr(address) ?? []);
  const { peers, leftOut } = carvedPeers(
    blocks.map((cidr) => ({ ipBlock: { cidr } })),
    spec.blockedCidrs ?? [],
  );
  const numbers = ports ?? fact?.ports ?? [];
  // Neither without peers nor without ports: an empty list of either would mean all.
  const rules = peers.length === 0 || numbers.length === 0 ? [] : [egressRule(peers, tcp(numbers))];
  const body = policyBody({ podSelector: {}, policyTypes: ['Egress'], egress: rules });
  return { wanted: { kind: 'NetworkPolicy', name: ALLOW_API_SERVER, body }, leftOut };
});

const tcp = (ports: readonly number[]) => portBodies(ports.map((port) => ({ protocol: 'TCP', port })));
