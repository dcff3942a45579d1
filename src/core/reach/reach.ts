import type { Family } from '../../k8s/address.ts';
import { BITS } from '../../k8s/address.ts';
import type { Block } from '../../k8s/cidr.ts';
import { parseLegacyCidr } from '../../k8s/cidr.ts';
import { list, record, text, texts } from '../../k8s/json.ts';
import type { Interval, Reach } from '../model/bodies.ts';
import { coveredOf, mergeIntervals, subtractIntervals } from './intervals.ts';
import { acceptsAnyNamespace, pinsPods } from './openSelector.ts';

const space = (family: Family): Interval => ({ first: 0n, last: (1n << BigInt(BITS[family])) - 1n });
const V4 = space(4);
const V6 = space(6);
/** 2000::/3: all IPv6 addresses that are assigned so far (IANA), an eighth of the space and yet all there is to reach. */
const V6_ASSIGNED: Interval = { first: 1n << 125n, last: (1n << 126n) - 1n };

export const NOWHERE: Reach = Object.freeze({ anywhere: false, allNamespaces: false, v4: [], v6: [] });
const ANYWHERE: Reach = Object.freeze({ anywhere: true, allNamespaces: true, v4: [], v6: [] });

/** Where one direction's rules let the selected pods talk to, whatever the ports (THREATS 20). Never throws. */
export function reachOf(rules: unknown, peersField: 'from' | 'to'): Reach {
  return unionReach(list(rules).map((rule) => reachOfPeers(record(rule)[peersField])));
}

/**
 * The reach of a NetworkPolicy's spec in each direction that it applies to. Absent policyTypes mean Ingress, and Egress
 * if there are egress rules (SetDefaults_NetworkPolicy).
 */
export function policyReach(spec: unknown): { readonly ingress?: Reach; readonly egress?: Reach } {
  const { policyTypes, ingress, egress } = record(spec);
  const types = texts(policyTypes);
  const hasIngress = types.length === 0 || types.includes('Ingress');
  const hasEgress = types.length === 0 ? list(egress).length > 0 : types.includes('Egress');
  return {
    ...(hasIngress ? { ingress: reachOf(ingress, 'from') } : {}),
    ...(hasEgress ? { egress: reachOf(egress, 'to') } : {}),
  };
}

/** Where pods may talk to under several policies: policies only ever add. */
export function unionReach(reaches: readonly Reach[]): Reach {
  if (reaches.length === 0) return NOWHERE;
  if (reaches.length === 1) return reaches[0] ?? NOWHERE;
  return {
    anywhere: reaches.some((reach) => reach.anywhere),
    allNamespaces: reaches.some((reach) => reach.allNamespaces),
    v4: mergeIntervals(reaches.flatMap((reach) => reach.v4)),
    v6: mergeIntervals(reaches.flatMap((reach) => reach.v6)),
  };
}

/** Whether a reach undoes a deny: more than half of IPv4 or IPv6, or all namespaces (THREATS 20). */
export const opensTooMuch = (reach: Reach): boolean => reach.allNamespaces || opensAddresses(reach);

/** Whether a reach is anywhere, or more than half of IPv4 or IPv6. */
export const opensAddresses = (reach: Reach): boolean =>
  reach.anywhere || opensHalf(V4, reach.v4) || opensHalf(V6, reach.v6) || opensHalf(V6_ASSIGNED, reach.v6);

/** Whether some address of a block is within reach. */
export const reachesBlock = (reach: Reach, block: Block): boolean =>
  reach.anywhere || coveredOf(block, block.family === 4 ? reach.v4 : reach.v6) > 0n;

export const isNowhere = (reach: Reach): boolean =>
  !reach.anywhere && !reach.allNamespaces && reach.v4.length === 0 && reach.v6.length === 0;

const opensHalf = (whole: Interval, merged: readonly Interval[]): boolean =>
  2n * coveredOf(whole, merged) > whole.last - whole.first + 1n;

/** Absent and empty lists of peers mean anywhere (networking/v1 types.go). What is no list is not trusted to mean less. */
function reachOfPeers(peers: unknown): Reach {
  const items = list(peers);
  return items.length === 0 ? ANYWHERE : unionReach(items.map(reachOfPeer));
}

function reachOfPeer(peer: unknown): Reach {
  const { podSelector, namespaceSelector, ipBlock } = record(peer);
  if (isPresent(ipBlock)) return reachOfBlock(ipBlock);
  if (isPresent(namespaceSelector)) {
    const all = acceptsAnyNamespace(namespaceSelector) && !(isPresent(podSelector) && pinsPods(podSelector));
    return all ? { ...NOWHERE, allNamespaces: true } : NOWHERE;
  }
  // A pod selector alone means this namespace; a peer that says nothing is refused by the API server.
  return isPresent(podSelector) ? NOWHERE : ANYWHERE;
}

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;

/** A CIDR that cannot be read counts as everything, an exception that cannot be read as nothing. */
function reachOfBlock(ipBlock: unknown): Reach {
  const { cidr, except } = record(ipBlock);
  const block = parseLegacyCidr(text(cidr));
  if (block === undefined) return ANYWHERE;
  const holes = texts(except)
    .map(parseLegacyCidr)
    .filter((hole): hole is Block => hole?.family === block.family)
    .map(intervalOf);
  const left = subtractIntervals(intervalOf(block), holes);
  return block.family === 4 ? { ...NOWHERE, v4: left } : { ...NOWHERE, v6: left };
}

const intervalOf = ({ first, last }: Block): Interval => ({ first, last });
