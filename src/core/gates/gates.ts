import type { Section } from '../../api/types.ts';
import { keyOf } from '../../k8s/ref.ts';
import type { Claim } from '../govern/governance.ts';
import type { Change } from '../plan/change.ts';
import { isRelease } from '../plan/change.ts';
import type { Waived } from '../waive/waived.ts';
import { waiverOf } from '../waive/waived.ts';
import type { NamespaceMemory } from './memory.ts';
import { LABEL_BURST, LABEL_REFILL_MS, refill } from './memory.ts';
import { isAsMutated } from './mutation.ts';

/** Why a planned change is not carried out now. */
export type Withheld =
  | 'Audit'
  | 'Suspended'
  | 'NamespaceTerminating'
  | 'Waived'
  | 'ChangedByAdmission'
  | 'SuccessorChanged'
  | 'LabelsContested'
  | 'RemovalsBounded'
  | 'WritesBounded';

export type Verdict =
  | { readonly allow: true }
  | {
      readonly allow: false;
      readonly reason: Withheld /** When to look again; absent = when something changes. */;
      readonly untilMs?: number;
    };

export interface GateContext {
  readonly terminating: boolean;
  readonly claims: Readonly<Partial<Record<Section, Claim>>>;
  /** What waivers exempt here; absent = nothing. */
  readonly waived?: Waived;
  readonly memory: NamespaceMemory;
  readonly nowMs: number;
}

/** One rule about one change. Gates run in order; the first that withholds decides. */
export type Gate = (change: Change, context: GateContext) => Verdict;

const ALLOW: Verdict = { allow: true };
const withhold = (reason: Withheld, untilMs?: number): Verdict =>
  untilMs === undefined ? { allow: false, reason } : { allow: false, reason, untilMs };

/** Nothing is created or pruned in a namespace that goes; an edit that widens ours is still put right (THREATS 17). */
export const terminatingGate: Gate = (change, { terminating }) =>
  !terminating || (change.action === 'update' && change.urgent) ? ALLOW : withhold('NamespaceTerminating');

/**
 * A waived control writes nothing (DESIGN §2.2); that its own objects go is the exemption. A policy of others that is
 * waived by name is not removed either. Before Audit, so that what is waived is told as waived there, too.
 */
export const waiverGate: Gate = (change, { waived }) => {
  if (waived === undefined || (change.action === 'delete' && change.reason !== 'ForeignPolicy')) return ALLOW;
  const whole = waived.controls.has(change.control);
  const exempt = change.action === 'delete' ? waiverOf(waived, change.control, change.ref) !== undefined : whole;
  return exempt ? withhold('Waived') : ALLOW;
};

/** Audit writes nothing. A release was asked for by the baseline that lets go, not by the one that audits. */
export const enforcementGate: Gate = (change, { claims }) =>
  isRelease(change) || claims[change.section]?.enforcement === 'Enforce' ? ALLOW : withhold('Audit');

export const suspendGate: Gate = (change, { claims }) =>
  !isRelease(change) && claims[change.section]?.suspended === true ? withhold('Suspended') : ALLOW;

/** What admission made of our write is not accepted, but neither is it fought in a storm (THREATS 10). */
export const mutationGate: Gate = (change, { memory, nowMs }) => {
  const nextMs = memory.mutations.get(keyOf(change.ref))?.nextMs ?? nowMs;
  return nowMs < nextMs && isAsMutated(change, memory.mutations) ? withhold('ChangedByAdmission', nextMs) : ALLOW;
};

/** A change that may widen is repaired every time; only label edits wait, because they open nothing (THREATS 5). */
export const contestGate: Gate = (change, { memory, nowMs }) => {
  if (change.action !== 'update' || change.urgent) return ALLOW;
  const contest = memory.contests.get(keyOf(change.ref));
  if (contest === undefined) return ALLOW;
  const labels = refill(contest.labels, LABEL_BURST, LABEL_REFILL_MS, nowMs);
  return labels.tokens > 0 ? ALLOW : withhold('LabelsContested', labels.atMs + LABEL_REFILL_MS);
};

/** In the order in which their reasons matter to a reader. */
export const GATES: readonly Gate[] = [
  terminatingGate,
  waiverGate,
  enforcementGate,
  suspendGate,
  mutationGate,
  contestGate,
];

/** The first gate that withholds decides. */
export function passes(gates: readonly Gate[], change: Change, context: GateContext): Verdict {
  for (const gate of gates) {
    const verdict = gate(change, context);
    if (!verdict.allow) return verdict;
  }
  return ALLOW;
}
