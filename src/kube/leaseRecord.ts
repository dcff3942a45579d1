import { integer, record, text } from '../k8s/json.ts';
import type { KindInfo } from '../k8s/kind.ts';
import type { KubeObject } from '../k8s/object.ts';
import { microTime } from './eventManifest.ts';

/** The object by which replicas agree who leads. */
export const LEASE: KindInfo = {
  kind: 'Lease',
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  namespaced: true,
};

/** Who holds a Lease, and for how long unless it is renewed: coordination.k8s.io/v1 LeaseSpec. */
export interface LeaseRecord {
  /** `''`: nobody. */
  readonly holder: string;
  /** How long after its last renewal the others leave it alone. */
  readonly durationMs: number;
  /** Times are the holder's own and are never compared: only that they change says something. */
  readonly acquireTime: string;
  readonly renewTime: string;
  /** How often it went from one holder to another. */
  readonly transitions: number;
}

/** Reads a Lease of anybody's making. One that says nothing of its duration is respected for `durationMs`. */
export function readLease(lease: KubeObject, durationMs: number): LeaseRecord {
  const spec = record(lease.spec);
  const seconds = integer(spec.leaseDurationSeconds) ?? 0;
  return {
    holder: text(spec.holderIdentity),
    durationMs: seconds > 0 ? seconds * 1000 : durationMs,
    acquireTime: text(spec.acquireTime),
    renewTime: text(spec.renewTime),
    transitions: integer(spec.leaseTransitions) ?? 0,
  };
}

/** A Lease to write; what `live` holds beside the record goes back as it was. */
export function leaseOf(
  place: { readonly namespace: string; readonly name: string },
  { holder, durationMs, acquireTime, renewTime, transitions }: LeaseRecord,
  live?: KubeObject,
): KubeObject {
  return {
    apiVersion: `${LEASE.group}/${LEASE.version}`,
    kind: LEASE.kind,
    metadata: live?.metadata ?? place,
    spec: {
      ...record(live?.spec),
      holderIdentity: holder,
      leaseDurationSeconds: Math.round(durationMs / 1000),
      acquireTime,
      renewTime,
      leaseTransitions: transitions,
    },
  };
}

export const sameRecord = (a: LeaseRecord, b: LeaseRecord): boolean =>
  a.holder === b.holder &&
  a.durationMs === b.durationMs &&
  a.acquireTime === b.acquireTime &&
  a.renewTime === b.renewTime &&
  a.transitions === b.transitions;

/** `wallMs` in the form of the record's times. */
export const leaseTime = microTime;
