import type { Control } from '../../core/control/control.ts';
import type { Facts } from '../../core/facts/facts.ts';
import type { NamespaceMemory } from '../../core/gates/memory.ts';
import type { Governance } from '../../core/govern/governance.ts';
import type { ReportBody } from '../../core/model/bodies.ts';
import { contentsIn, heldOf, waivedBefore } from '../../core/outcome/report.ts';
import { toldBy } from '../../core/outcome/told.ts';
import type { ChangeResult, Drift } from '../../core/plan/changeResult.ts';
import { sameFacts, usedFacts } from '../../core/plan/usedFacts.ts';
import { alikeBesideLevels } from '../../core/podSecurity/grade.ts';
import type { Waived } from '../../core/waive/waived.ts';
import { contentsOf, waivedIn } from '../../core/waive/waived.ts';
import type { Waiver } from '../../core/waive/waiver.ts';
import { sameWaivers } from '../../core/waive/waiver.ts';
import type { Entry } from '../../k8s/entry.ts';
import { NO_ENTRIES, NO_MEMBERS } from '../../k8s/nothing.ts';
import type { Labels } from '../../k8s/object.ts';
import type { Before, OpenDrift } from '../drift.ts';
import type { contentsNow } from '../waivers/contents.ts';
import { isRight } from './carriedOut.ts';

/** What decisions about a namespace rest on beside its objects. */
export interface Circumstances {
  readonly governance: Governance;
  readonly facts: Facts;
  readonly labels: Labels;
  readonly waivers: readonly Waiver[];
  /** See `Evaluation`. */
  readonly basis: string;
}

/** What this process remembers of one namespace. */
export interface Known {
  readonly uid: string;
  readonly memory: NamespaceMemory;
  /** Under what it last converged; undefined before it did. */
  readonly converged: Circumstances | undefined;
  /** What was waived, and the contents that objects had when a waiver first saw them. */
  readonly waived: Waived;
  readonly reported: ReadonlySet<string>;
  readonly open: ReadonlyMap<string, OpenDrift>;
  /** What was done before all its sections were known, to be told with the first whole answer. */
  readonly untold: { readonly drifts: readonly Drift[]; readonly results: readonly ChangeResult[] };
  /** All its sections were known once. */
  readonly judged: boolean;
}

/** What is remembered of a namespace. What was done in another one that had its name, nobody has done in this one. */
export function remembered(
  known: Map<string, Known>,
  { name, uid }: Entry,
  onGone: (namespace: string) => void,
): Known | undefined {
  const old = known.get(name);
  if (old === undefined || old.uid === uid) return old;
  known.delete(name);
  onGone(name);
  return undefined;
}

/** What is waived now, of the contents that this process saw first, or else the report's. */
export function waivedNow(
  waivers: readonly Waiver[],
  contents: ReturnType<typeof contentsNow>,
  old: Known | undefined,
  report: ReportBody['report'] | undefined,
): Waived {
  const seen = old === undefined ? contentsIn(report) : contentsOf(old.waived.applied);
  return waivedIn(waivers, contents, seen);
}

/** What failed is not carried on: it is tried again, and told then. */
export const tellWith = (
  untold: Known['untold'],
  drifts: readonly Drift[],
  results: readonly ChangeResult[],
): Known['untold'] => ({
  drifts: [...untold.drifts, ...drifts],
  results: [...untold.results.filter(isRight), ...results],
});

/** What is compared with, to tell drift from what was never right here. */
export const beforeOf = (
  controls: readonly Control[],
  old: Known | undefined,
  now: Circumstances,
  report: ReportBody['report'] | undefined,
): Before => ({
  convergedAlike: old?.converged !== undefined && isAlike(controls, old.converged, now),
  waivedBefore: old?.judged === true ? NO_MEMBERS : waivedBefore(report),
  heldBefore: heldOf(report).length > 0,
  firstLook: old?.judged !== true,
  reported: old?.reported ?? NO_MEMBERS,
  told: old?.judged === true ? NEVER : toldBy(report),
  open: old?.open ?? NO_ENTRIES,
});

const isAlike = (controls: readonly Control[], before: Circumstances, now: Circumstances): boolean =>
  before.governance === now.governance &&
  before.basis === now.basis &&
  alikeBesideLevels(before.labels, now.labels) &&
  sameWaivers(before.waivers, now.waivers) &&
  sameFacts(before.facts, now.facts, usedFacts(controls, now.governance));

const NEVER = (): boolean => false;
export const NOTHING: Known['untold'] = { drifts: [], results: [] };
