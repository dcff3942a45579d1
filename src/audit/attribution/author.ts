/** One write that an API server carried out, as the audit log has it. */
export interface LoggedWrite {
  readonly verb: string;
  /** As whom: the impersonated user where there is one. */
  readonly user: string;
  /** Who authenticated, where that is somebody else. */
  readonly impersonator: string | undefined;
  readonly userAgent: string;
  /** RFC 3339. */
  readonly at: string;
}

/** What became of an object of ours. `missing`: it was found gone, by a process that did not see it go. */
export type Deed = 'deleted' | 'modified' | 'missing';

/** The API server's clock and ours need not agree. */
const CLOCKS_APART_MS = 30_000;
/** A watch that was broken brings what happened meanwhile. */
const SEEN_WITHIN_MS = 5 * 60_000;

const VERBS: Readonly<Record<Deed, ReadonlySet<string>>> = {
  deleted: new Set(['delete', 'deletecollection']),
  missing: new Set(['delete', 'deletecollection']),
  modified: new Set(['update', 'patch', 'create']),
};

/**
 * Who did it, by the audit log: the latest write of that kind by somebody else, around the time at which it was seen.
 * Undefined: none is there, or not yet. An object that went because its owner or namespace did was deleted by the garbage
 * collector, which is then its author.
 * @param writes the latest first
 * @param self our own user name, which repairs
 * @param agoMs how long before it was seen a time was; negative: after
 */
export function authorOf(
  deed: Deed,
  writes: readonly LoggedWrite[],
  self: string,
  agoMs: (at: string) => number,
): LoggedWrite | undefined {
  const isInTime = (at: string): boolean =>
    agoMs(at) > -CLOCKS_APART_MS && (deed === 'missing' || agoMs(at) < SEEN_WITHIN_MS);
  return writes.find(({ verb, user, at }) => user !== self && VERBS[deed].has(verb) && isInTime(at));
}
