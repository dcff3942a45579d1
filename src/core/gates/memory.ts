import { NO_ENTRIES } from '../../k8s/nothing.ts';

/**
 * What the gates remember of one namespace between two looks at it: a value, kept by the operator and replaced, never
 * changed. Times are milliseconds of a monotonic clock.
 */
export interface NamespaceMemory {
  /** Writes still allowed at `atMs`: at most 50 a second for each namespace (THREATS 5). */
  readonly writes: Bucket;
  /** When foreign policies were deleted within the last minute, oldest first: at most five (THREATS 20). */
  readonly removals: readonly number[];
  /** Objects somebody keeps changing, by key. Forgotten a minute after the last repair. */
  readonly contests: ReadonlyMap<string, Contest>;
  /** Objects that admission changed as we wrote them, by key (THREATS 10). */
  readonly mutations: ReadonlyMap<string, Mutation>;
}

export interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

export interface Contest {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly repairs: number;
  /** Time it stood wrong, from the event to the acknowledged repair. */
  readonly openMs: number;
  /** Repairs of labels alone, which may be delayed. */
  readonly labels: Bucket;
  /** A repair met so many conflicts that it was written without a version; so are those that follow. Absent = no. */
  readonly outrun?: boolean;
}

export interface Mutation {
  readonly uid: string;
  /** The version that admission made of our write: any other version is somebody else's edit. */
  readonly resourceVersion: string;
  readonly fields: readonly string[];
  readonly attempts: number;
  readonly nextMs: number;
}

export const WRITES_PER_SECOND = 50;
export const REMOVALS_PER_MINUTE = 5;
export const CONTEST_FORGOTTEN_MS = 60_000;
/** So many repairs of one object within the window make it contested. */
export const CONTESTED_REPAIRS = 5;
/** Label repairs: so many at once, then one every ten seconds. They cannot widen anything. */
export const LABEL_BURST = 20;
export const LABEL_REFILL_MS = 10_000;
/** So many conflicts in a row, and the version is left out. */
export const OUTRUN_CONFLICTS = 2;
const MUTATION_BACKOFF_MS = 500;
const MUTATION_BACKOFF_MAX_MS = 60_000;

/** A namespace nothing is known of yet. */
export const newMemory = (nowMs: number): NamespaceMemory => ({
  writes: { tokens: WRITES_PER_SECOND, atMs: nowMs },
  removals: [],
  contests: NO_ENTRIES,
  mutations: NO_ENTRIES,
});

/** The bucket at `nowMs`, refilled with one token every `refillMs` up to `capacity`. */
export function refill(bucket: Bucket, capacity: number, refillMs: number, nowMs: number): Bucket {
  const gained = Math.floor((nowMs - bucket.atMs) / refillMs);
  if (gained <= 0) return bucket;
  const tokens = Math.min(capacity, bucket.tokens + gained);
  return { tokens, atMs: tokens === capacity ? nowMs : bucket.atMs + gained * refillMs };
}

/** How long to wait before admission is tried again: 1 s doubling to a minute, as long as it lasts (THREATS 10). */
export const mutationBackoffMs = (attempts: number): number =>
  Math.min(MUTATION_BACKOFF_MAX_MS, MUTATION_BACKOFF_MS * 2 ** Math.min(attempts, 10));
