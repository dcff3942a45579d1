import type { AllowedBy } from './allowedBy.ts';
import type { UsageLimits } from './limits.ts';
import type { Because, Observation } from './observation.ts';
import type { Permission } from './permission.ts';
import type { UsageEntry } from './usage.ts';

/** The entry of one right while it is counted: the only thing here that changes. */
export interface Tally {
  readonly permission: Permission;
  readonly names: Set<string>;
  readonly because: Set<Because>;
  /** By its own JSON, so that equal ones are one. */
  readonly allowedBy: Map<string, AllowedBy>;
  otherwiseAllowed: number;
  isCut: boolean;
  unnamed: number;
  sinceNew: number;
  count: number;
  first: string;
  last: string;
}

/** When evidence came in (RFC 3339), and what allowed the request. */
export interface Occasion {
  readonly at: string;
  readonly allowedBy: AllowedBy | undefined;
}

export const newTally = (permission: Permission, at: string): Tally => ({
  permission,
  names: new Set(),
  because: new Set(),
  allowedBy: new Map(),
  otherwiseAllowed: 0,
  isCut: false,
  unnamed: 0,
  sinceNew: 0,
  count: 0,
  first: at,
  last: at,
});

/** Counts one piece of evidence in. */
export function count(tally: Tally, evidence: Observation, occasion: Occasion, limits: UsageLimits): void {
  tally.count += 1;
  tally.because.add(evidence.because);
  countName(tally, evidence.name, limits);
  countBinding(tally, occasion.allowedBy, limits);
  lengthen(tally, occasion.at);
}

/** A longer stretch of time, without another use: the end of a request that was counted at its start. */
export function lengthen(tally: Tally, at: string): void {
  // Times of one API server are of one length, so they sort as text; with several servers events come out of order.
  if (at < tally.first) tally.first = at;
  if (at > tally.last) tally.last = at;
}

function countName(tally: Tally, name: string, limits: UsageLimits): void {
  if (name === '') tally.unnamed += 1;
  const isNew = name !== '' && !tally.names.has(name);
  tally.sinceNew = isNew ? 0 : tally.sinceNew + 1;
  if (!isNew) return;
  if (tally.names.size < limits.names) tally.names.add(name);
  else tally.isCut = true;
}

function countBinding(tally: Tally, allowedBy: AllowedBy | undefined, limits: UsageLimits): void {
  const key = JSON.stringify(allowedBy);
  if (allowedBy !== undefined && tally.allowedBy.has(key)) return;
  if (allowedBy === undefined || tally.allowedBy.size >= limits.bindings) tally.otherwiseAllowed += 1;
  else tally.allowedBy.set(key, allowedBy);
}

/** The tally as a value. */
export const entryOf = (tally: Tally): UsageEntry => ({
  permission: tally.permission,
  names: {
    names: [...tally.names].sort(),
    isCut: tally.isCut,
    unnamed: tally.unnamed,
    sinceNew: tally.sinceNew,
  },
  count: tally.count,
  seen: { first: tally.first, last: tally.last },
  because: [...tally.because].sort(),
  allowedBy: [...tally.allowedBy].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value),
  otherwiseAllowed: tally.otherwiseAllowed,
});
