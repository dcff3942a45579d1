import { controls } from '../../controls/index.ts';
import type { View } from '../../core/control/view.ts';
import { viewOf } from '../../core/control/view.ts';
import { GATES } from '../../core/gates/gates.ts';
import { newMemory } from '../../core/gates/memory.ts';
import type { WithheldChange } from '../../core/gates/permitted.ts';
import { permitted } from '../../core/gates/permitted.ts';
import type { Governance } from '../../core/govern/governance.ts';
import type { NamespaceBody } from '../../core/model/bodies.ts';
import { contentsIn } from '../../core/outcome/report.ts';
import type { Evaluation } from '../../core/plan/evaluate.ts';
import { evaluate } from '../../core/plan/evaluate.ts';
import type { Waived } from '../../core/waive/waived.ts';
import { waive, waivedIn } from '../../core/waive/waived.ts';
import type { Entry } from '../../k8s/entry.ts';
import { claimsOf } from '../../operator/controllers/namespaces.ts';
import { createGovernances } from '../../operator/governances.ts';
import { reportIn } from '../../operator/reportIn.ts';
import { contentsNow } from '../../operator/waivers/contents.ts';
import { createWaiverKeeper } from '../../operator/waivers/keeper.ts';
import type { World } from './world.ts';

/** What is decided about one namespace. */
export interface Decision extends Evaluation {
  readonly namespace: Entry<NamespaceBody>;
  readonly governance: Governance;
  /** What an operator that has done nothing yet would not write, and why; that it writes so much a second is no reason. */
  readonly withheld: readonly WithheldChange[];
  /** What waivers exempt there now. */
  readonly waived: Waived;
}

/**
 * Decides about namespaces as the operator does, by the same functions (DESIGN §1, promise 7). The only place of the
 * command line in which anything is decided.
 */
export function decisions(
  world: World,
  only?: string,
  looked: (view: View) => View = (view) => view,
): readonly Decision[] {
  const governances = createGovernances(world.index, world.ownNamespace);
  governances.refreshAll();
  const waivers = createWaiverKeeper(world.index, { timestamp: () => new Date().toISOString() });
  waivers.refreshAll();
  return world.namespaces
    .filter(({ name }) => only === undefined || name === only)
    .flatMap((namespace): readonly Decision[] => {
      const governance = governances.of(namespace.name);
      if (governance === undefined) return [];
      const view = looked(viewOf(world.index, namespace, world.facts, governances.held(namespace.name)));
      const seen = contentsIn(reportIn(world.index, namespace.name)?.body.report);
      const waived = waivedIn(waivers.of(namespace.name), contentsNow(world.index, namespace.name), seen);
      const evaluation = evaluate(controls, governance, view, waived);
      const { withheld } = permitted(evaluation.plan, GATES, {
        terminating: namespace.deleting,
        claims: claimsOf(governance),
        waived,
        memory: newMemory(0),
        nowMs: 0,
      });
      const held = withheld.filter(({ reason }) => !PACED.has(reason));
      const findings = evaluation.findings.map((finding) => waive(finding, waived));
      return [{ ...evaluation, findings, namespace, governance, withheld: held, waived }];
    });
}

/** Withheld for a moment: it is written all the same. */
const PACED: ReadonlySet<string> = new Set(['WritesBounded', 'RemovalsBounded']);
