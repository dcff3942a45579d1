import type { NetworkSpec } from '../../api/types.ts';
import type { Built, Wanted } from '../../core/control/control.ts';
import { defineControl } from '../../core/control/control.ts';
import { withinSize } from '../../core/control/ownSize.ts';
import { perSpec } from '../../core/control/perSpec.ts';
import type { View } from '../../core/control/view.ts';
import { CALLER_KINDS } from '../../core/facts/callbacksFact.ts';
import { joined } from '../../core/facts/destinations.ts';
import type { ApiServerFact, Fact } from '../../core/facts/facts.ts';
import { hostCidr } from '../../k8s/cidr.ts';
import type { Peer, Port } from '../../k8s/networkPolicy.ts';
import { sourceUnproved } from './callbackFindings.ts';
import { callbackSources } from './callbackSources.ts';
import type { ServedCallback } from './callbacks.ts';
import { callbacksIn } from './callbacks.ts';
import type { CarvedPeers } from './carvedPeers.ts';
import { carvedPeers } from './carvedPeers.ts';
import { leftOutFinding, namespaceRef, staleFact, unknownFact } from './findings.ts';
import { CALLBACK_PREFIX, callbackName, denies } from './names.ts';
import { openByRule } from './openRule.ts';
import { ingressRule, policyBody } from './policyBody.ts';
import { closing } from './preflight.ts';

const ID = 'network.allow-api-server-callbacks';

/** From the API server to the pods that it calls: to each on the ports on which it answers, and to no other. */
export const allowApiServerCallbacks = defineControl({
  id: ID,
  section: 'network',
  stage: 'allow',
  summary:
    'Allows the API server to call the pods that serve admission webhooks, aggregated APIs or the conversion of CRDs, on their ports.',
  reads: ['Service', ...CALLER_KINDS],
  writes: ['NetworkPolicy'],
  facts: ['callbacks', 'apiServer'],
  build(declared, view) {
    const spec = closing(declared, view);
    if (spec.allow?.apiServerCallbacks === undefined || !denies(spec, 'Ingress')) return { wanted: [] };
    const callbacks = callbacksIn(view);
    const { apiServer } = view.facts;
    const isUnclear = spec.allow.apiServerCallbacks.cidrs === undefined && !apiServer.known;
    if (callbacks === undefined || isUnclear) {
      // Of callbacks that are not known the deny tells: it is the one that rests on them.
      const why = callbacks === undefined || callbacks.length === 0 || apiServer.known ? undefined : apiServer.why;
      const ref = namespaceRef(view.namespace);
      const what = 'Where the API server calls from';
      const findings = why === undefined ? [] : [unknownFact(ID, ref, 'ApiServerUnknown', what, why)];
      return { wanted: [], kept: kept(view, () => true), findings };
    }
    return withinSize(policies(spec, view, callbacks, apiServer), ID, 'SB-NET-001', view);
  },
});

function policies(
  spec: NetworkSpec,
  view: View,
  callbacks: readonly ServedCallback[],
  apiServer: Fact<ApiServerFact>,
): Built {
  const isGuess = spec.allow?.apiServerCallbacks?.cidrs === undefined;
  const { peers, leftOut } = isGuess && apiServer.known ? discovered(spec, apiServer.value) : callbackSources(spec);
  const wanted = peers.length === 0 ? [] : policiesFor(callbacks, peers);
  const unclear = new Set(callbacks.filter(({ served }) => served === undefined).map((c) => callbackName(c.service)));
  const unproved = isGuess ? callbacks.filter((callback) => callback.served && !openByRule(spec, callback)) : [];
  const stale = isGuess && apiServer.known && unproved.length > 0 ? apiServer.stale : undefined;
  const ref = namespaceRef(view.namespace);
  return {
    wanted,
    // Who answers is not known: what stands for it stays, and none is made.
    kept: kept(view, (name) => unclear.has(name) && wanted.every((policy) => policy.name !== name)),
    findings: [
      ...(callbacks.length === 0 ? [] : leftOutFinding(ID, ref, leftOut)),
      ...unproved.map((callback) => sourceUnproved(ID, view.namespace, callback)),
      ...(stale === undefined ? [] : [staleFact(ID, ref, 'ApiServerFactStale', 'The API server', stale)]),
    ],
  };
}

/** One policy for each Service, because each selects other pods. */
function policiesFor(callbacks: readonly ServedCallback[], peers: readonly Peer[]): readonly Wanted[] {
  const names = [...new Set(callbacks.map(({ service }) => service))];
  return names.flatMap((service) => {
    const own = callbacks.filter((callback) => callback.service === service);
    const pods = own.find(({ served }) => served !== undefined)?.served?.pods;
    if (pods === undefined) return [];
    const ports = [...new Set(own.flatMap(({ served }) => (served === undefined ? [] : [served.port])))];
    const rule = ingressRule(peers, ports.map(tcp));
    const body = policyBody({ podSelector: { matchLabels: pods }, policyTypes: ['Ingress'], ingress: [rule] });
    return [{ kind: 'NetworkPolicy', name: callbackName(service), body }];
  });
}

const tcp = (port: number | string): Port => ({ protocol: 'TCP', port });

const kept = (view: View, matters: (name: string) => boolean): NonNullable<Built['kept']> =>
  [...view.liveOf('NetworkPolicy')]
    .filter(({ name }) => name.startsWith(CALLBACK_PREFIX) && matters(name))
    .map(({ name }) => ({ kind: 'NetworkPolicy', name }));

/** Its endpoints: those of a node are at least an address that it has. */
const discovered = perSpec(
  (spec: NetworkSpec, fact: ApiServerFact): CarvedPeers =>
    carvedPeers(
      joined(fact.destinations).addresses.flatMap((address) => {
        const cidr = hostCidr(address);
        return cidr === undefined ? [] : [{ ipBlock: { cidr } }];
      }),
      spec.blockedCidrs ?? [],
    ),
);
