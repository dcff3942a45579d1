import { BASELINE_WAIVER, SECURITY_BASELINE } from '../../api/names.ts';
import type { WaiverState } from '../../api/types.ts';
import { clusterControls, controls } from '../../controls/index.ts';
import { inspectCluster } from '../../core/control/clusterControl.ts';
import type { View } from '../../core/control/view.ts';
import { viewOf } from '../../core/control/view.ts';
import { GATES } from '../../core/gates/gates.ts';
import { newMemory } from '../../core/gates/memory.ts';
import type { WithheldChange } from '../../core/gates/permitted.ts';
import { permitted } from '../../core/gates/permitted.ts';
import type { Governance } from '../../core/govern/governance.ts';
import { claimsOf } from '../../core/govern/governance.ts';
import { NOT_ASKED } from '../../core/model/apiServerPosture.ts';
import type { BaselineBody, NamespaceBody } from '../../core/model/bodies.ts';
import { contentsIn } from '../../core/outcome/report.ts';
import { waiverStateOf, waiverStatusOf } from '../../core/outcome/waiverStatus.ts';
import type { AttributedFinding } from '../../core/plan/change.ts';
import type { Evaluation } from '../../core/plan/evaluate.ts';
import { evaluate } from '../../core/plan/evaluate.ts';
import type { Waived } from '../../core/waive/waived.ts';
import { waive, waivedIn } from '../../core/waive/waived.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { Governances } from '../../operator/governances.ts';
import { createGovernances } from '../../operator/governances.ts';
import { reportIn } from '../../operator/reportIn.ts';
import { contentsNow } from '../../operator/waivers/contents.ts';
import type { WaiverKeeper } from '../../operator/waivers/keeper.ts';
import { createWaiverKeeper } from '../../operator/waivers/keeper.ts';
import { mattersBy } from '../../operator/waivers/matters.ts';
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
  const governances = governancesIn(world);
  const waivers = waiversIn(world);
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

function governancesIn({ index, ownNamespace }: World): Governances {
  const governances = createGovernances(index, ownNamespace);
  governances.refreshAll();
  return governances;
}

function waiversIn({ index, now }: World): WaiverKeeper {
  const waivers = createWaiverKeeper(index, { timestamp: () => now });
  waivers.refreshAll();
  return waivers;
}

/** What is found in the cluster as a whole, by each baseline that asks. Files are no API server that could be asked. */
export const clusterFindings = ({ index, facts, ownNamespace }: World): readonly AttributedFinding[] =>
  ([...index.ofKind(SECURITY_BASELINE.kind)] as readonly Entry<BaselineBody>[])
    .filter(({ deleting }) => !deleting)
    .flatMap(({ name, body }) =>
      inspectCluster(clusterControls, body.spec, {
        ownNamespace,
        facts,
        apiServer: NOT_ASKED,
        // A world is read whole, or not at all.
        knows: () => true,
        ofKind: (kind) => index.ofKind(kind),
      }).map((finding) => ({ ...finding, baseline: name, shadow: false })),
    );

/** A waiver as it stands, in the words of its status. */
export interface StandingWaiver {
  readonly name: string;
  readonly state: WaiverState;
  readonly message: string;
}

export function standingWaivers(world: World): readonly StandingWaiver[] {
  const keeper = waiversIn(world);
  const matters = mattersBy(controls, governancesIn(world), world.index);
  return [...world.index.ofKind(BASELINE_WAIVER.kind)].flatMap(({ name }) => {
    const known = keeper.known(name);
    if (known === undefined) return [];
    const { waiver, validity, seenAt } = known;
    const matched = keeper.namespacesOf(waiver).filter((namespace) => matters(waiver, namespace)).length;
    const { conditions } = waiverStatusOf(waiver, validity, matched, seenAt, undefined, world.now);
    return [{ name, state: waiverStateOf(validity, matched), message: conditions?.[0]?.message ?? '' }];
  });
}

/** Withheld for a moment: it is written all the same. */
const PACED: ReadonlySet<string> = new Set(['WritesBounded', 'RemovalsBounded']);
