import type { Section } from '../../api/types.ts';
import { closedBy } from '../../controls/network/preflight.ts';
import type { Control } from '../../core/control/control.ts';
import { viewOf } from '../../core/control/view.ts';
import type { Facts } from '../../core/facts/facts.ts';
import { GATES } from '../../core/gates/gates.ts';
import { newMemory } from '../../core/gates/memory.ts';
import { permitted } from '../../core/gates/permitted.ts';
import { contestFindings, isContested, remember } from '../../core/gates/remember.ts';
import { claimsOf } from '../../core/govern/governance.ts';
import type { NamespaceBody } from '../../core/model/bodies.ts';
import type { Outcome } from '../../core/outcome/outcome.ts';
import { outcomeOf } from '../../core/outcome/outcome.ts';
import { evaluate } from '../../core/plan/evaluate.ts';
import type { Waiver } from '../../core/waive/waiver.ts';
import type { Entry } from '../../k8s/entry.ts';
import { applyStages } from '../applyStages.ts';
import { driftsOf } from '../drift.ts';
import type { Governances } from '../governances.ts';
import { isCarriedOut, isRight, releaseDone } from '../namespace/carriedOut.ts';
import type { Circumstances, Known } from '../namespace/known.ts';
import { beforeOf, NOTHING, remembered, tellWith, waivedNow } from '../namespace/known.ts';
import { readyPart, seenBy } from '../namespace/knownPart.ts';
import { earliest, goingForMs, lingersAtMs, nextLook } from '../namespace/nextLook.ts';
import type { ApplyPorts } from '../ports.ts';
import type { Work, WorkResult } from '../queue.ts';
import { reportIn } from '../reportIn.ts';
import { kindsBySection } from '../sections.ts';
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
    const waivers = options.waivers?.(key) ?? NO_WAIVERS;
    const waived = waivedNow(waivers, contentsNow(ports.index, key), old, report);
    const view = viewOf(
      ports.index,
      namespace,
      facts,
      governances.held(key),
      options.isKnown,
      goingForMs(namespace, options.wallMs),
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
    if (!whole) return nextLook(results, memory, wakeAtMs, nowMs);
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
    return nextLook(results, memory, wakeAtMs, nowMs);
  };
}

const NO_WAIVERS: readonly Waiver[] = [];
