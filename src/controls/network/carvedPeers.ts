import type { PeerSpec } from '../../api/types.ts';
import { carve } from '../../k8s/cidr.ts';
import type { Peer } from '../../k8s/networkPolicy.ts';
import { selectorBody } from './policyBody.ts';

export interface CarvedPeers {
  readonly peers: readonly Peer[];
  /** What went, for the finding: the CIDRs as they were written. */
  readonly leftOut: readonly string[];
}

/** Peers as the API server returns them, without what is blocked (THREATS 7). */
export function carvedPeers(peers: readonly PeerSpec[], blocked: readonly string[]): CarvedPeers {
  const results = peers.map((peer) => ({ peer, carved: carvedPeer(peer, blocked) }));
  return {
    peers: results.flatMap(({ carved }) => (carved === undefined ? [] : [carved])),
    leftOut: results.flatMap(({ peer, carved }) =>
      carved === undefined ? [peer.ipBlock?.cidr ?? 'a peer without fields'] : [],
    ),
  };
}

/** Everywhere but the blocked addresses, written out: an empty list of peers could have no exception. */
export const everywhereBut = (blocked: readonly string[]): CarvedPeers =>
  carvedPeers([{ namespaceSelector: {} }, { ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }], blocked);

function carvedPeer(
  { podSelector, namespaceSelector, ipBlock }: PeerSpec,
  blocked: readonly string[],
): Peer | undefined {
  if (ipBlock !== undefined) {
    const carved = carve(ipBlock, blocked);
    return carved === 'removed' ? undefined : { ipBlock: carved };
  }
  // A peer that says nothing is refused by the API server, and with it the whole policy.
  if (podSelector === undefined && namespaceSelector === undefined) return undefined;
  return {
    ...(podSelector === undefined ? {} : { podSelector: selectorBody(podSelector) }),
    ...(namespaceSelector === undefined ? {} : { namespaceSelector: selectorBody(namespaceSelector) }),
  };
}
