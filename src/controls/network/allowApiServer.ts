import type { NetworkSpec } from '../../api/types.ts';
import { defineControl } from '../../core/control/control.ts';
import { perSpec } from '../../core/control/perSpec.ts';
import { joined } from '../../core/facts/destinations.ts';
import type { ApiServerFact } from '../../core/facts/facts.ts';
import { FACT_KINDS } from '../../core/facts/factsOf.ts';
import { hostCidr } from '../../k8s/cidr.ts';
import { carvedPeers } from './carvedPeers.ts';
import { leftOutFinding, policyRef, staleFact, unknownFact } from './findings.ts';
import { ALLOW_API_SERVER, denies } from './names.ts';
import { egressRule, policyBody, portBodies } from './policyBody.ts';
import { closing } from './preflight.ts';

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
  build(declared, view) {
    const spec = closing(declared, view);
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
  const carved = openings(spec, fact).map(({ cidrs, ports }) => ({
    ...carvedPeers(
      cidrs.map((cidr) => ({ ipBlock: { cidr } })),
      spec.blockedCidrs ?? [],
    ),
    ports,
  }));
  // Neither without peers nor without ports: an empty list of either would mean all.
  const rules = carved
    .filter(({ peers, ports }) => peers.length > 0 && ports.length > 0)
    .map(({ peers, ports }) => egressRule(peers, tcp(ports)));
  const body = policyBody({ podSelector: {}, policyTypes: ['Egress'], egress: rules });
  const leftOut = carved.flatMap((one) => one.leftOut);
  return { wanted: { kind: 'NetworkPolicy', name: ALLOW_API_SERVER, body }, leftOut };
});

interface Opening {
  readonly cidrs: readonly string[];
  readonly ports: readonly number[];
}

/** As discovered, an address only on its own ports; what the spec names goes with all that is known of the other. */
function openings(spec: NetworkSpec, fact: ApiServerFact | undefined): readonly Opening[] {
  const { cidrs, ports } = spec.allow?.apiServer ?? {};
  const destinations = fact?.destinations ?? [];
  if (cidrs === undefined && ports === undefined) {
    return destinations.map((one) => ({ cidrs: one.addresses.flatMap(hostCidrs), ports: one.ports }));
  }
  const known = joined(destinations);
  return [{ cidrs: cidrs ?? known.addresses.flatMap(hostCidrs), ports: ports ?? known.ports }];
}

const hostCidrs = (address: string): readonly string[] => {
  const cidr = hostCidr(address);
  return cidr === undefined ? [] : [cidr];
};

const tcp = (ports: readonly number[]) => portBodies(ports.map((port) => ({ protocol: 'TCP', port })));
