import type { KubeObject } from '../k8s/object.ts';
import type { LeaseRecord } from './leaseRecord.ts';
import { readLease, sameRecord } from './leaseRecord.ts';

/** What a candidate knows of a Lease. Times are its own monotonic clock's, never those in the Lease. */
export interface Sighting {
  /** As last read; undefined: there is none. */
  readonly lease: KubeObject | undefined;
  /** What was last read in it; it outlives the Lease. */
  readonly record: LeaseRecord | undefined;
  /** When anybody may have it, unless it changes before. */
  readonly freeAtMs: number;
}

export const NEVER_SEEN: Sighting = { lease: undefined, record: undefined, freeAtMs: Number.NEGATIVE_INFINITY };

/** What to do about a Lease. `take` is an update of one that is free, expired, or was given up. */
export type Step =
  | { readonly step: 'create' | 'take' | 'renew' }
  | { readonly step: 'wait'; readonly holder: string; readonly untilMs: number };

/**
 * Takes in what was read at `nowMs`. A tenure counts from the moment at which this candidate saw its record change, as in
 * client-go: clocks of two machines are never compared. A new label on the Lease prolongs nothing.
 */
export function sighted(before: Sighting, lease: KubeObject | undefined, durationMs: number, nowMs: number): Sighting {
  if (lease === undefined) return vanished(before, nowMs + durationMs);
  const record = readLease(lease, durationMs);
  if (before.record !== undefined && sameRecord(before.record, record)) return { ...before, lease };
  return { lease, record, freeAtMs: record.holder === '' ? nowMs : nowMs + record.durationMs };
}

/**
 * Whoever deletes a Lease deposes nobody: its holder may have renewed it right before, and has its time. The first to see
 * that there never was one need not wait.
 */
const vanished = (before: Sighting, freeAtMs: number): Sighting =>
  before.lease === undefined ? before : { ...before, lease: undefined, freeAtMs };

/**
 * What `identity` does about what it has seen. `leads`: its own time is not up, so nobody can have had the Lease since; then it
 * makes one anew that somebody deleted.
 */
export function stepOf({ lease, record, freeAtMs }: Sighting, identity: string, leads: boolean, nowMs: number): Step {
  const holder = record?.holder ?? '';
  // A write of ours whose answer was lost made us the holder.
  if (lease !== undefined && holder === identity) return { step: 'renew' };
  if (nowMs < freeAtMs && !(lease === undefined && leads)) return { step: 'wait', holder, untilMs: freeAtMs };
  return { step: lease === undefined ? 'create' : 'take' };
}

/** The record by which `identity` holds the Lease from now on; `time` is the wall clock's, for people. */
export function heldRecord({ record }: Sighting, identity: string, durationMs: number, time: string): LeaseRecord {
  const mine = record?.holder === identity;
  return {
    holder: identity,
    durationMs,
    acquireTime: mine ? record.acquireTime : time,
    renewTime: time,
    transitions: record === undefined ? 0 : record.transitions + (mine ? 0 : 1),
  };
}

/** The record that lets the others have the Lease at once; client-go's. */
export const releasedRecord = ({ transitions }: LeaseRecord, time: string): LeaseRecord => ({
  holder: '',
  durationMs: 1000,
  acquireTime: time,
  renewTime: time,
  transitions,
});
