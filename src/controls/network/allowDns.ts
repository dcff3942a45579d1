import type { NetworkSpec, PeerSpec, PortSpec } from '../../api/types.ts';
import { defineControl } from '../../core/control/control.ts';
import { withinSize } from '../../core/control/ownSize.ts';
import { perSpec } from '../../core/control/perSpec.ts';
import type { DnsFact } from '../../core/facts/facts.ts';
import { FACT_KINDS } from '../../core/facts/factsOf.ts';
import { hostCidr } from '../../k8s/cidr.ts';
import type { Port } from '../../k8s/networkPolicy.ts';
import { carvedPeers } from './carvedPeers.ts';
import { leftOutFinding, policyRef, staleFact, unknownFact } from './findings.ts';
import { ALLOW_DNS, denies } from './names.ts';
import { egressRule, policyBody, portBodies } from './policyBody.ts';
import { closing } from './preflight.ts';

const ID = 'network.allow-dns';

/** To the cluster's DNS, as discovered; `to` and `ports` of the spec take the place of what was discovered. */
export const allowDns = defineControl({
  id: ID,
  section: 'network',
  stage: 'allow',
  summary: 'Allows every pod to ask the cluster DNS: its pods, its Service and its node-local caches, UDP and TCP.',
  reads: FACT_KINDS.dns,
  writes: ['NetworkPolicy'],
  facts: ['dns'],
  build(declared, view) {
    const spec = closing(declared, view);
    if (spec.allow?.dns === undefined || !denies(spec, 'Egress')) return { wanted: [] };
    const { dns } = view.facts;
    const ref = policyRef(view.namespace, ALLOW_DNS);
    if (!dns.known && spec.allow.dns.to === undefined) {
      const finding = unknownFact(ID, ref, 'DnsUnknown', 'The cluster DNS', dns.why);
      return { wanted: [], kept: [{ kind: 'NetworkPolicy', name: ALLOW_DNS }], findings: [finding] };
    }
    const { wanted, leftOut } = dnsPolicy(spec, dns.known ? dns.value : undefined);
    const stale = dns.known && dns.stale !== undefined && spec.allow.dns.to === undefined;
    const built = {
      wanted: [wanted],
      findings: [
        ...leftOutFinding(ID, ref, leftOut),
        ...(stale ? [staleFact(ID, ref, 'DnsFactStale', 'The cluster DNS', dns.stale ?? '')] : []),
      ],
    };
    return withinSize(built, ID, 'SB-NET-002', view);
  },
});

const dnsPolicy = perSpec((spec: NetworkSpec, fact: DnsFact | undefined) => {
  const { to, ports } = spec.allow?.dns ?? {};
  const { peers, leftOut } = carvedPeers(to ?? (fact === undefined ? [] : peersOf(fact)), spec.blockedCidrs ?? []);
  const rules = peers.length === 0 ? [] : [egressRule(peers, dnsPorts(ports, fact))];
  const body = policyBody({ podSelector: {}, policyTypes: ['Egress'], egress: rules });
  return { wanted: { kind: 'NetworkPolicy', name: ALLOW_DNS, body }, leftOut };
});

/** The pods of each Service, and every address by itself. */
const peersOf = ({ services, addresses }: DnsFact): readonly PeerSpec[] => [
  ...services.flatMap(({ namespace, podSelector }): readonly PeerSpec[] =>
    podSelector === undefined
      ? []
      : [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
            podSelector: podSelector as NonNullable<PeerSpec['podSelector']>,
          },
        ],
  ),
  ...addresses.flatMap((address) => {
    const cidr = hostCidr(address);
    return cidr === undefined ? [] : [{ ipBlock: { cidr } }];
  }),
];

const STANDARD_PORTS: readonly PortSpec[] = [
  { protocol: 'UDP', port: 53 },
  { protocol: 'TCP', port: 53 },
];

/** Port 53 is the protocol's; what was discovered is added to it, so that a fact that goes takes ports away. */
function dnsPorts(ports: readonly PortSpec[] | undefined, fact: DnsFact | undefined): readonly Port[] {
  if (ports !== undefined) return portBodies(ports);
  const others = (fact?.ports ?? []).filter(({ port }) => port !== 53);
  return portBodies([...STANDARD_PORTS, ...others]);
}
