import { controls } from '../../../src/controls/index.ts';
import { viewOf } from '../../../src/core/control/view.ts';
import type { Facts } from '../../../src/core/facts/facts.ts';
import { factsOf } from '../../../src/core/facts/factsOf.ts';
import { GATES } from '../../../src/core/gates/gates.ts';
import { newMemory } from '../../../src/core/gates/memory.ts';
import type { Permitted } from '../../../src/core/gates/permitted.ts';
import { permitted } from '../../../src/core/gates/permitted.ts';
import { baselineOf } from '../../../src/core/govern/baseline.ts';
import { govern } from '../../../src/core/govern/govern.ts';
import type { Claim, Governance } from '../../../src/core/govern/governance.ts';
import type { Held } from '../../../src/core/govern/held.ts';
import { heldAfter } from '../../../src/core/govern/held.ts';
import type { BaselineBody, NamespaceBody, ReportBody } from '../../../src/core/model/bodies.ts';
import { heldOf } from '../../../src/core/outcome/report.ts';
import type { AttributedFinding } from '../../../src/core/plan/change.ts';
import { canonical } from '../../../src/core/plan/diff.ts';
import { evaluate } from '../../../src/core/plan/evaluate.ts';
import type { Entry } from '../../../src/k8s/entry.ts';
import type { ObjectIndex } from '../../../src/k8s/objectIndex.ts';
import { projectedIndex } from '../../core/projectedIndex.ts';
import { OPERATOR_NAMESPACE } from '../../support/install.ts';
import type { Violation } from '../observation.ts';
import type { Snapshot } from '../snapshot.ts';
import { asKubeObjects } from '../snapshot.ts';

/** What the pure functions say of one namespace of a snapshot. */
export interface Judged {
  readonly namespace: Entry<NamespaceBody>;
  readonly governance: Governance;
  readonly held: Held;
  readonly findings: readonly AttributedFinding[];
  readonly gates: Permitted;
}

/** Judges every namespace that is not about to go, as an operator that has just started would. */
export function judgeAll(snapshot: Snapshot): readonly Judged[] {
  const index = projectedIndex(asKubeObjects(snapshot));
  const facts = factsOf(index, snapshot.groups, undefined);
  const namespaces = index.ofKind('Namespace') as readonly Entry<NamespaceBody>[];
  return namespaces.filter(({ deleting }) => !deleting).map((namespace) => judge(index, facts, namespace));
}

function judge(index: ObjectIndex, facts: Facts, namespace: Entry<NamespaceBody>): Judged {
  const baselines = [...index.ofKind('SecurityBaseline')].map((b) => baselineOf(b as Entry<BaselineBody>, false));
  const report = index.get('BaselineReport', namespace.name, 'drawbridge') as Entry<ReportBody> | undefined;
  const held = heldOf(report?.body.report);
  const governance = govern(baselines, namespace, held, OPERATOR_NAMESPACE);
  const { plan, findings } = evaluate(controls, governance, viewOf(index, namespace, facts));
  const claims: Record<string, Claim> = {};
  for (const { section, governor } of governance.sections) if (governor !== undefined) claims[section] = governor;
  const gates = permitted(plan, GATES, { terminating: false, claims, memory: newMemory(0), nowMs: 0 });
  return { namespace, governance, held, findings, gates };
}

/** The cluster is as the pure functions want it, and the records of what is held follow from themselves. */
export function plannedViolations(judged: readonly Judged[], snapshot: Snapshot): readonly Violation[] {
  const rule = 'what is planned is done';
  const undone = judged.flatMap(({ gates }) =>
    gates.writes.map(({ action, ref, baseline }): Violation => {
      const what = `${action} ${ref.kind} ${ref.namespace}/${ref.name} for ${baseline} is still to do`;
      return { rule, what, about: { resource: pluralOf(ref.kind), namespace: ref.namespace, name: ref.name } };
    }),
  );
  const unheld = judged.flatMap(({ namespace, governance, held }): readonly Violation[] => {
    const next = heldAfter(governance, held, new Set());
    const recordOf = (all: Held) =>
      canonical(
        all.map(({ section, baseline, baselineUid, selectedBy }) => [section, baseline, baselineUid, selectedBy]),
      );
    if (recordOf(next) === recordOf(held)) return [];
    const what = `the report of ${namespace.name} says that it is held to ${recordOf(held)}, and it is held to ${recordOf(next)}`;
    return [{ rule, what, about: { resource: 'baselinereports', namespace: namespace.name, name: 'drawbridge' } }];
  });
  const leaving = snapshot.objects
    .filter(({ kind, metadata }) => kind === 'SecurityBaseline' && metadata.deletionTimestamp !== undefined)
    .map(({ metadata }) => ({ rule, what: `baseline ${metadata.name} is being deleted and does not go` }));
  return [...undone, ...unheld, ...leaving];
}

const PLURALS: Readonly<Record<string, string>> = { NetworkPolicy: 'networkpolicies', Role: 'roles' };
const pluralOf = (kind: string): string => PLURALS[kind] ?? 'rolebindings';
