import type { Waiver } from './waiver.ts';

const DAY_MS = 86_400_000;
/** A year, and a day for those who write the same date again. */
export const MAX_LIFE_MS = 366 * DAY_MS;

/** So far may the clocks of an API server and of the operator be apart before the creation counts as dated ahead. */
const CLOCK_SKEW_MS = 3_600_000;

export type Validity =
  | { readonly state: 'Valid' }
  | { readonly state: 'Expired' }
  | { readonly state: 'Refused'; readonly reason: 'LifeTooLong' | 'LifeUnknown'; readonly message: string };

const VALID: Validity = { state: 'Valid' };
const EXPIRED: Validity = { state: 'Expired' };

/**
 * Whether a waiver may waive anything at an instant (THREATS 16). Its life counts from its creation, so that no edit
 * prolongs it for ever, and from when the operator saw it as it is, in case the creation is dated by a clock that is
 * ahead. `nowMs`: milliseconds since 1970. It ends with the very millisecond of `expiresAt`.
 */
export function validityAt(waiver: Waiver, nowMs: number): Validity {
  const lifeMs = waiver.expiresAtMs - Math.min(waiver.createdAtMs, waiver.seenAtMs + CLOCK_SKEW_MS);
  if (!Number.isFinite(lifeMs)) return { state: 'Refused', reason: 'LifeUnknown', message: UNKNOWN };
  if (lifeMs > MAX_LIFE_MS) return { state: 'Refused', reason: 'LifeTooLong', message: tooLong(lifeMs) };
  return nowMs < waiver.expiresAtMs ? VALID : EXPIRED;
}

const UNKNOWN = 'when it was made or when it ends cannot be read: write expiresAt as in 2027-01-31T00:00:00Z';

const tooLong = (lifeMs: number): string =>
  `it would live ${Math.ceil(lifeMs / DAY_MS)} days, and a waiver lives at most 366 from when it was made: write an earlier expiresAt, or make a new waiver`;
