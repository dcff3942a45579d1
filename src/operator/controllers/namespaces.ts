import { REPORT_NAME } from '../../api/names.ts';
import type { Section } from '../../api/types.ts';
import { SECTIONS } from '../../api/types.ts';
import type { NamespaceBody, ReportBody } from '../../core/bodies.ts';
import type { Control } from '../../core/control.ts';
import { evaluate } from '../../core/evaluate.ts';
import type { Facts } from '../../core/facts.ts';
import { GATES } from '../../core/gates.ts';
import type { Claim, Governance } from '../../core/governance.ts';
import type { NamespaceMemory } from '../../core/memory.ts';
import { newMemory } from '../../core/memory.ts';
import type { ChangeResult, Outcome } from '../../core/outcome.ts';
import { outcomeOf } from '../../core/outcome.ts';
import { permitted } from '../../core/permitted.ts';
import { contestFindings, isContested, nextForgetMs, remember } from '../../core/remember.ts';
import { heldOf } from '../../core/report.ts';
import { sameFacts, usedFacts } from '../../core/usedFacts.ts';
import { viewOf } from '../../core/view.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { Labels } from '../../k8s/object.ts';
import { applyStages } from '../applyStages.ts';
import type { Before } from '../drift.ts';
import { driftsOf } from '../drift.ts';
import type { Governances } from '../governances.ts';
import type { ApplyPorts } from '../ports.ts';
import type { Work, WorkResult } from '../queue.ts';

export interface NamespacesOptions {
  readonly controls: readonly Control[];
  readonly governances: Governances;
  readonly facts: () => Facts;
  /** Whether the kinds of a section are known; until then it is neither written nor judged (THREATS 19). */
  readonly isReady: (section: Section) => boolean;
  readonly ports: ApplyPorts;
  readonly onOutcome: (outcome: Outcome) => void;
  readonly onGone: (namespace: string) => void;
}

/** What this process remembers of one namespace. */
interface Known {
  readonly memory: NamespaceMemory;
  /** Under what it last converged; undefined before it did. */
  readonly converged: { readonly governance: Governance; readonly facts: Facts; readonly labels: Labels } | undefined;
  readonly reported: ReadonlySet<string>;
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
    const old = known.get(key);
    const decided = readyPart(governance, options.isReady);
    const { plan, findings } = evaluate(options.controls, decided, viewOf(ports.index, namespace, facts));
    const gates = permitted(plan, GATES, {
      terminating: namespace.deleting,
      claims: claimsOf(governance),
      memory: old?.memory ?? newMemory(startedMs),
      nowMs: startedMs,
    });
    const before = beforeOf(options.controls, old, governance, facts, namespace.labels, wasHeld(ports, key));
    const results = gates.writes.length === 0 ? [] : await applyStages(gates.writes, ports, signal);
    const nowMs = ports.nowMs();
    const { drifts, reported } = driftsOf(results, gates.withheld, before, sinceMs);
    const memory = remember(gates.memory, results, drifts, nowMs);
    const clean = results.every(({ result }) => result === 'written');
    const bounded = gates.withheld.some(({ reason }) => reason === 'WritesBounded');
    const whole = decided === governance;
    const converged = whole && clean && !bounded ? { governance, facts, labels: namespace.labels } : old?.converged;
    known.set(key, { memory, converged, reported, judged: whole || old?.judged === true });
    if (clean) releaseDone(governances, decided, gates.withheld.length);
    // A namespace of which a section is not known yet stays pending: half an answer would be a lie.
    if (!whole) return next(results, memory, gates.wakeAtMs, nowMs);
    options.onOutcome(
      outcomeOf({
        governance,
        findings: [...findings, ...contestFindings(memory, governance, kinds)],
        withheld: gates.withheld,
        results,
        drifts,
        contested: [...memory.contests.values()].filter(isContested).length,
        durationMs: nowMs - startedMs,
        terminating: namespace.deleting,
      }),
    );
    return next(results, memory, gates.wakeAtMs, nowMs);
  };
}

const readyPart = (governance: Governance, isReady: (section: Section) => boolean): Governance => {
  const sections = governance.sections.filter((s) => isReady(s.section) || !isUsed(s));
  return sections.length === governance.sections.length ? governance : { ...governance, sections };
};

const isUsed = (s: Governance['sections'][number]): boolean =>
  s.governor !== undefined || s.shadows.length > 0 || s.released !== undefined;

const beforeOf = (
  controls: readonly Control[],
  old: Known | undefined,
  governance: Governance,
  facts: Facts,
  labels: Labels,
  heldBefore: boolean,
): Before => ({
  convergedAlike:
    old?.converged?.governance === governance &&
    old.converged.labels === labels &&
    sameFacts(old.converged.facts, facts, usedFacts(controls, governance)),
  heldBefore,
  firstLook: old?.judged !== true,
  reported: old?.reported ?? NONE,
});

/** What the report says that the namespace was held to: what this process decided meanwhile does not count. */
const wasHeld = ({ index }: ApplyPorts, namespace: string): boolean => {
  const report = index.get('BaselineReport', namespace, REPORT_NAME) as Entry<ReportBody> | undefined;
  return heldOf(report?.body.report).length > 0;
};

const NONE: ReadonlySet<string> = new Set();

function kindsBySection(controls: readonly Control[]): Readonly<Record<string, readonly string[]>> {
  const entries = SECTIONS.map((section) => [
    section,
    controls.filter((control) => control.section === section).flatMap((control) => control.writes),
  ]);
  return Object.fromEntries(entries);
}

function claimsOf(governance: Governance): Readonly<Partial<Record<Section, Claim>>> {
  const claims: Partial<Record<Section, Claim>> = {};
  for (const { section, governor } of governance.sections) if (governor !== undefined) claims[section] = governor;
  return claims;
}

/** Every acknowledged prune of a released section ends what the namespace was held to (THREATS 3). */
function releaseDone(governances: Governances, governance: Governance, withheld: number): void {
  const released = governance.sections.filter((s) => s.released !== undefined).map((s) => s.section);
  if (released.length > 0 && withheld === 0) governances.pruned(governance.namespace, new Set(released));
}

/** Failures come again with back-off; what is withheld, contested or worth another look has its time. */
function next(
  results: readonly ChangeResult[],
  memory: NamespaceMemory,
  wakeAtMs: number | undefined,
  nowMs: number,
): WorkResult {
  const refusals = results.flatMap((r) => (r.result === 'failed' && r.refusal.retry !== 'none' ? [r.refusal] : []));
  if (refusals.length > 0) {
    const afterMs = Math.max(0, ...refusals.map((refusal) => refusal.retryAfterMs ?? 0));
    return { result: 'retry', afterMs };
  }
  // Findings about objects that this look removed, or that admission changed, are stale: look once more.
  const removed = results.some(({ change }) => change.action === 'delete' && change.reason !== 'Released');
  const mutated = [...memory.mutations.values()].map(({ nextMs }) => nextMs);
  const times = [wakeAtMs, nextForgetMs(memory), removed ? nowMs : undefined, ...mutated].filter(
    (t) => t !== undefined,
  );
  return times.length === 0 ? { result: 'done' } : { result: 'done', againAtMs: Math.min(...times) };
}
