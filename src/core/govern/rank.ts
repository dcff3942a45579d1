import type { Claim } from './governance.ts';

/** Whether it writes: it enforces, and does not rest. */
export const active = (claim: Claim | undefined): boolean => claim?.enforcement === 'Enforce' && !claim.suspended;

export const priorityOf = (claim: Claim): number => claim.baseline.spec.priority ?? 0;

/** Priority first, then the oldest, then the name: DESIGN §2.1. */
function compareRank(a: Claim, b: Claim): number {
  const older =
    a.baseline.createdAt === b.baseline.createdAt ? 0 : a.baseline.createdAt < b.baseline.createdAt ? -1 : 1;
  return priorityOf(b) - priorityOf(a) || older || (a.baseline.name < b.baseline.name ? -1 : 1);
}

export const outranks = (a: Claim, b: Claim): boolean => compareRank(a, b) < 0;

/** Trying must not disarm (THREATS 15): what enforces comes before what only looks. */
export const compareClaims = (a: Claim, b: Claim): number => Number(active(b)) - Number(active(a)) || compareRank(a, b);
