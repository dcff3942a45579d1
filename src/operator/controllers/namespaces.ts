import type { Section } from '../../api/types.ts';
import { SECTIONS } from '../../api/types.ts';
import { closedBy } from '../../controls/network/preflight.ts';
import type { Control } from '../../core/control/control.ts';
import type { View } from '../../core/control/view.ts';
import { viewOf } from '../../core/control/view.ts';
import type { Facts } from '../../core/facts/facts.ts';
import { GATES } from '../../core/gates/gates.ts';
import type { NamespaceMemory } from '../../core/gates/memory.ts';
import { newMemory } from '../../core/gates/memory.ts';
import { mutatedFields } from '../../core/gates/mutation.ts';
import type { WithheldChange } from '../../core/gates/permitted.ts';
import { permitted } from '../../core/gates/permitted.ts';
import { contestFindings, isContested, nextForgetMs, remember } from '../../core/gates/remember.ts';
import type { Claim, Governance } from '../../core/govern/governance.ts';
import { isUsed } from '../../core/govern/governance.ts';
import type { NamespaceBody, ReportBody } from '../../core/model/bodies.ts';
import { LINGERS_AFTER_MS } from '../../core/model/lingering.ts';
import type { Outcome } from '../../core/outcome/outcome.ts';
import { outcomeOf } from '../../core/outcome/outcome.ts';
import { contentsIn, heldOf, waivedBefore } from '../../core/outcome/report.ts';
import { toldBy } from '../../core/outcome/told.ts';
import { isRelease } from '../../core/plan/change.ts';
import type { ChangeResult, Drift } from '../../core/plan/changeResult.ts';
import { evaluate } from '../../core/plan/evaluate.ts';
import { sameFacts, usedFacts } from '../../core/plan/usedFacts.ts';
import { alikeBesideLevels } from '../../core/podSecurity/grade.ts';
import type { Waived } from '../../core/waive/waived.ts';
import { contentsOf, waivedIn } from '../../core/waive/waived.ts';
import type { Waiver } from '../../core/waive/waiver.ts';
import { sameWaivers } from '../../core/waive/waiver.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { Labels } from '../../k8s/object.ts';
import { keyOf } from '../../k8s/ref.ts';
import { applyStages } from '../applyStages.ts';
import type { Before, OpenDrift } from '../drift.ts';
import { driftsOf } from '../drift.ts';
import type { Governances } from '../governances.ts';
import type { ApplyPorts } from '../ports.ts';
import type { Work, WorkResult } from '../queue.ts';
import { reportIn } from '../reportIn.ts';
import { inspectedBySection } from '../sections.ts';
import { contentsNow } from '../waivers/contents.ts';

export interface NamespacesOptions {
  readonly controls: readonly Control[];
  readonly governances: Governances;
  readonly facts: () => Facts;
  /** Whether the kinds of a section are known; until then it is neither written nor judged (THREATS 19). */
  readonly isReady: (section: Section) => boolean;
  /** The waivers that hold in a namespace now; absent: there are none. */
  readonly waivers?: (namespace: string) => readonly Waiver[];
  /** Whether all objects of a kind are known; absent: they are. */
  readonly isKnown?: (kind: string) => boolean;
  /** Now, in milliseconds since 1970; absent: how long a namespace has been going is not asked. */
  readonly wallMs?: () => number;
  readonly ports: ApplyPorts;
  readonly onOutcome: (outcome: Outcome) => void;
  readonly onGone: (namespace: string) => void;
}

/** What decisions about a namespace rest on beside its objects. */
interface Circumstances {
  readonly governance: Governance;
  readonly facts: Facts;
  readonly labels: Labels;
  readonly waivers: readonly Waiver[];
  /** See `Evaluation`. */
  readonly basis: string;
}

/** What this process remembers of one namespace. */
interface Known {
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

/**
 * Holds one namespace at its baselines: look, decide, write, report. The decision is made in the turn of the event, so
 * that the first write leaves before anything else happens.
 */
export function createNamespacesController(options: NamespacesOptions): (work: Work) => Promise<WorkResult> {
  const known = new Map<string, Known>();
  const kinds = kindsBySection(options.controls);
  const isSeen = seenBy(options.controls, options.isKnown ?? (() => true));

  return async ({ key, sinceMs, signal }) => {
    const { governances, ports } = options;
    const namespace = ports.index.get('Namespace', '', key) as Entry<NamespaceBody> | undefined;
    const governance = governances.of(key);
    if (namespace === undefined || governance === undefined) {
      known.delete(key);
      options.onGone(key);
      return { result: 'done' };
    }
    const startedMs = ports.nowMs();
    const facts = options.facts();
    const old = remembered(known, namespace, options.onGone);
    const decided = readyPart(governance, options.isReady);
    const report = reportIn(ports.index, key)?.body.report;
    const { waivers, waived } = waivedNow(options, key, old, report);
    const view = viewOf(
      ports.index,
      namespace,
      facts,
      governances.held(key),
      options.isKnown,
      goingForMs(namespace, options),
    );
    const { plan, findings, levels, basis } = evaluate(options.controls, decided, view, waived);
    const gates = permitted(plan, GATES, {
      terminating: namespace.deleting,
      claims: claimsOf(governance),
      waived,
      memory: old?.memory ?? newMemory(startedMs),
      nowMs: startedMs,
    });
    const now: Circumstances = { governance, facts, labels: namespace.labels, waivers, basis };
    const before = beforeOf(options.controls, old, now, report);
    const results = gates.writes.length === 0 ? [] : await applyStages(gates.writes, ports, signal);
    const nowMs = ports.nowMs();
    const { drifts, reported, open } = driftsOf(results, gates.withheld, before, sinceMs);
    const memory = remember(gates.memory, results, drifts, nowMs);
    const clean = results.every(isRight);
    const bounded = gates.withheld.some(({ reason }) => reason === 'WritesBounded');
    const whole = decided === governance && isSeen(governance);
    const converged = whole && clean && !bounded ? now : old?.converged;
    governances.closed(key, closedBy(view));
    const told = tellWith(old?.untold ?? NOTHING, drifts, results);
    const untold = whole ? NOTHING : told;
    const judged = whole || old?.judged === true;
    known.set(key, { uid: namespace.uid, memory, converged, waived, reported, open, untold, judged });
    releaseDone(governances, decided, results, gates.withheld);
    if (isCarriedOut('podSecurity', results, gates.withheld)) governances.reached(key, levels);
    const wakeAtMs = earliest(gates.wakeAtMs, lingersAtMs(view, startedMs));
    // A namespace of which something is not known yet stays pending: half an answer would be a lie.
    if (!whole) return next(results, memory, wakeAtMs, nowMs);
    options.onOutcome(
      outcomeOf({
        governance,
        findings: [...findings, ...contestFindings(memory, governance, kinds)],
        withheld: gates.withheld,
        results: told.results,
        drifts: told.drifts,
        contested: [...memory.contests.values()].filter(isContested).length,
        durationMs: nowMs - startedMs,
        waived,
        terminating: namespace.deleting,
      }),
    );
    return next(results, memory, wakeAtMs, nowMs);
  };
}

/** What is remembered of a namespace. What was done in another one that had its name, nobody has done in this one. */
function remembered(
  known: Map<string, Known>,
  { name, uid }: Entry,
  onGone: NamespacesOptions['onGone'],
): Known | undefined {
  const old = known.get(name);
  if (old === undefined || old.uid === uid) return old;
  known.delete(name);
  onGone(name);
  return undefined;
}

/** For how long a namespace has been going, in milliseconds. */
function goingForMs({ body }: Entry<NamespaceBody>, { wallMs }: NamespacesOptions): number | undefined {
  return body.deletedAt === undefined || wallMs === undefined ? undefined : wallMs() - Date.parse(body.deletedAt);
}

/** When pods that are still there have outlived the namespace for too long: nothing else would tell. */
function lingersAtMs({ terminatingForMs, liveOf }: View, nowMs: number): number | undefined {
  if (terminatingForMs === undefined || terminatingForMs > LINGERS_AFTER_MS) return undefined;
  // Most go at once, and their names need not be kept for ten minutes.
  const [pod] = liveOf('Pod');
  return pod === undefined ? undefined : nowMs + LINGERS_AFTER_MS - terminatingForMs + 1;
}

const earliest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

/** What is waived now, of the contents that this process saw first, or else the report's. */
function waivedNow(
  { ports, waivers: waiversOf }: NamespacesOptions,
  namespace: string,
  old: Known | undefined,
  report: ReportBody['report'] | undefined,
): { readonly waivers: readonly Waiver[]; readonly waived: Waived } {
  const waivers = waiversOf?.(namespace) ?? NO_WAIVERS;
  const seen = old === undefined ? contentsIn(report) : contentsOf(old.waived.applied);
  return { waivers, waived: waivedIn(waivers, contentsNow(ports.index, namespace), seen) };
}

/** What failed is not carried on: it is tried again, and told then. */
const tellWith = (
  untold: Known['untold'],
  drifts: readonly Drift[],
  results: readonly ChangeResult[],
): Known['untold'] => ({
  drifts: [...untold.drifts, ...drifts],
  results: [...untold.results.filter(isRight), ...results],
});

const isRight = (r: ChangeResult): boolean => r.result === 'written' && mutatedFields(r).length === 0;

const readyPart = (governance: Governance, isReady: (section: Section) => boolean): Governance => {
  const sections = governance.sections.filter((s) => isReady(s.section) || !isUsed(s));
  return sections.length === governance.sections.length ? governance : { ...governance, sections };
};

/**
 * Whether all that inspection looks at is known. Repairs do not wait for it, but what is told does: a finding that is
 * missing for a moment would be a lie, and a write at each start.
 */
function seenBy(controls: readonly Control[], isKnown: (kind: string) => boolean): (governance: Governance) => boolean {
  const inspected = new Map(SECTIONS.map((section) => [section, inspectedBySection(controls, section)]));
  return ({ sections }) => sections.every((s) => !isUsed(s) || (inspected.get(s.section) ?? []).every(isKnown));
}

const beforeOf = (
  controls: readonly Control[],
  old: Known | undefined,
  now: Circumstances,
  report: ReportBody['report'] | undefined,
): Before => ({
  convergedAlike: old?.converged !== undefined && isAlike(controls, old.converged, now),
  waivedBefore: old?.judged === true ? NONE : waivedBefore(report),
  heldBefore: heldOf(report).length > 0,
  firstLook: old?.judged !== true,
  reported: old?.reported ?? NONE,
  told: old?.judged === true ? NEVER : toldBy(report),
  open: old?.open ?? NO_DRIFT,
});

const isAlike = (controls: readonly Control[], before: Circumstances, now: Circumstances): boolean =>
  before.governance === now.governance &&
  before.basis === now.basis &&
  alikeBesideLevels(before.labels, now.labels) &&
  sameWaivers(before.waivers, now.waivers) &&
  sameFacts(before.facts, now.facts, usedFacts(controls, now.governance));

const NO_WAIVERS: readonly Waiver[] = [];
const NEVER = (): boolean => false;
const NO_DRIFT: ReadonlyMap<string, OpenDrift> = new Map();
const NOTHING: Known['untold'] = { drifts: [], results: [] };
const NONE: ReadonlySet<string> = new Set();

function kindsBySection(controls: readonly Control[]): Readonly<Record<string, readonly string[]>> {
  const entries = SECTIONS.map((section) => [
    section,
    controls
      .filter((control) => control.section === section)
      .flatMap(({ writes, applies = [] }) => [...writes, ...applies]),
  ]);
  return Object.fromEntries(entries);
}

/** Who governs each section. */
export function claimsOf(governance: Governance): Readonly<Partial<Record<Section, Claim>>> {
  const claims: Partial<Record<Section, Claim>> = {};
  for (const { section, governor } of governance.sections) if (governor !== undefined) claims[section] = governor;
  return claims;
}

/**
 * Every acknowledged prune of a released section ends what the namespace was held to (THREATS 3). What others want there,
 * and perhaps only audit, does not hold it up.
 */
function releaseDone(
  governances: Governances,
  governance: Governance,
  results: readonly ChangeResult[],
  withheld: readonly WithheldChange[],
): void {
  const undone = [...withheld, ...results.filter(({ result }) => result !== 'written')];
  const left = new Set(undone.filter(({ change }) => isRelease(change)).map(({ change }) => change.section));
  const done = governance.sections.filter((s) => s.released !== undefined && !left.has(s.section));
  if (done.length > 0) governances.pruned(governance.namespace, new Set(done.map((s) => s.section)));
}

const isCarriedOut = (
  section: Section,
  results: readonly ChangeResult[],
  withheld: readonly WithheldChange[],
): boolean =>
  !withheld.some(({ change }) => change.section === section) &&
  results.every((result) => result.change.section !== section || isRight(result));

/** A right that is missing is missing everywhere: ten thousand namespaces must not ask for it in a storm. */
const STALLED_MS = 5_000;

/** Failures come again with back-off; what is withheld, contested or worth another look has its time. */
function next(
  results: readonly ChangeResult[],
  memory: NamespaceMemory,
  wakeAtMs: number | undefined,
  nowMs: number,
): WorkResult {
  const refusals = results.flatMap((r) => (r.result === 'failed' && r.refusal.retry !== 'none' ? [r.refusal] : []));
  // Findings about objects that this look removed, or that admission changed, are stale: look once more.
  const removed = results.some(({ change }) => change.action === 'delete' && change.reason !== 'Released');
  const mutated = results.map(({ change }) => memory.mutations.get(keyOf(change.ref))?.nextMs);
  const isFailed = refusals.length > 0;
  const times = [wakeAtMs, nextForgetMs(memory), removed && !isFailed ? nowMs : undefined, ...mutated].filter(
    (t) => t !== undefined,
  );
  // What the server asks to wait holds for all of it.
  const afterMs = Math.max(0, ...refusals.map(({ retryAfterMs }) => retryAfterMs ?? 0));
  const again = times.length === 0 ? {} : { againAtMs: Math.max(nowMs + afterMs, Math.min(...times)) };
  if (!isFailed) return { result: 'done', ...again };
  const isStalled = refusals.some(({ retry }) => retry === 'stalled');
  return { result: 'retry', afterMs: isStalled ? Math.max(STALLED_MS, afterMs) : afterMs, ...again };
}
