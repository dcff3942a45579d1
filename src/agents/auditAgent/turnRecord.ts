import { list, record, text, textRecord } from '../../k8s/json.ts';
import type { KubeObject } from '../../k8s/object.ts';

/** The node whose API server may be down. It stays after the Lease has run out: a node that is cut off is still down. */
export const NODE_ANNOTATION = 'drawbridge.dev/audit-rollout-node';
/**
 * Policies that had to be taken back, and where. On the Lease, because who may begin is read from it anyway: between the two
 * there is no moment in which a node could begin without knowing.
 */
export const REFUSED_ANNOTATION = 'drawbridge.dev/audit-refused';

export interface RefusedOn {
  readonly sha256: string;
  readonly node: string;
}

/** What the Lease says beside who holds it. */
export interface TurnRecord {
  /** `''`: nobody. */
  readonly node: string;
  /** `spoilt`: it cannot be read, so nobody knows. */
  readonly refused: readonly RefusedOn[] | 'spoilt';
}

/** Annotations hold 256 KiB in all. */
const MAX_REFUSED = 32;

export function readTurn(lease: KubeObject | undefined): TurnRecord {
  const annotations = textRecord(lease?.metadata.annotations);
  return { node: annotations[NODE_ANNOTATION] ?? '', refused: refusedIn(annotations[REFUSED_ANNOTATION]) };
}

function refusedIn(json = '[]'): TurnRecord['refused'] {
  try {
    const found = list(JSON.parse(json))
      .map(record)
      .map(({ sha256, node }) => ({ sha256: text(sha256), node: text(node) }));
    return json.startsWith('[') && found.every(({ sha256, node }) => sha256 !== '' && node !== '') ? found : 'spoilt';
  } catch {
    return 'spoilt';
  }
}

/** A Lease to write, with another record and all else as it was. */
export function leaseWith(lease: KubeObject, { node, refused }: TurnRecord): KubeObject {
  const { [NODE_ANNOTATION]: _, ...others } = lease.metadata.annotations ?? {};
  const annotations = {
    ...others,
    ...(node === '' ? {} : { [NODE_ANNOTATION]: node }),
    ...(refused === 'spoilt' || refused.length === 0
      ? {}
      : { [REFUSED_ANNOTATION]: JSON.stringify(refused.slice(-MAX_REFUSED)) }),
  };
  return { ...lease, metadata: { ...lease.metadata, annotations } };
}

/** The record after a node's roll-out: it is nobody's turn, and what was taken back on the node is known. */
export function afterTurn(before: TurnRecord, node: string, hashes: readonly string[]): TurnRecord {
  const known = before.refused === 'spoilt' ? [] : before.refused;
  const added = hashes
    .filter((hash) => !known.some(({ sha256 }) => sha256 === hash))
    .map((hash) => ({ sha256: hash, node }));
  return {
    node: before.node === node ? '' : before.node,
    refused: before.refused === 'spoilt' ? 'spoilt' : [...known, ...added],
  };
}
