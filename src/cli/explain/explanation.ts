import { controls } from '../../controls/index.ts';
import { compareFindings } from '../../core/model/finding.ts';
import type { AttributedFinding } from '../../core/plan/change.ts';
import { findingOfChange } from '../../core/plan/driftFinding.ts';
import { waive } from '../../core/waive/waived.ts';
import { describeRef, keyOf } from '../../k8s/ref.ts';
import { pathOfPointer, saidOfFiles } from '../findings/findingResults.ts';
import { helpOf } from '../findings/help.ts';
import type { Rendered } from '../render/rendered.ts';
import { renderedNamespaces } from '../render/rendered.ts';
import type { Decision } from '../world/decide.ts';
import { decisions } from '../world/decide.ts';
import type { World } from '../world/world.ts';
import type { NotReady } from './notReady.ts';
import { notReadyIn } from './notReady.ts';
import type { ExplainedSection } from './whoGoverns.ts';
import { explainSections } from './whoGoverns.ts';

/** An object that the operator holds there. */
export interface ExplainedObject {
  readonly kind: string;
  readonly name: string;
  readonly baseline: string;
  readonly control: string;
  /** What it is there for. */
  readonly why: string;
  /** `in place`, `missing`, `differs at spec.policyTypes`; and why it is left so. */
  readonly state: string;
}

export interface ExplainedFinding {
  readonly finding: AttributedFinding;
  /** What it means, and what to do about it. */
  readonly means: string;
  readonly fix: string;
}

/** Everything there is to say of a namespace. */
export interface Explanation {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly sections: readonly ExplainedSection[];
  /** What the operator says of baselines that govern here and are not Ready. */
  readonly notReady: readonly NotReady[];
  readonly objects: readonly ExplainedObject[];
  /** Worst first. */
  readonly findings: readonly ExplainedFinding[];
}

/** Undefined: there is no such namespace. `isLive`: what is missing is missing, and not only from files. */
export function explanationOf(world: World, namespace: string, isLive: boolean): Explanation | undefined {
  const [decision] = decisions(world, namespace);
  const [rendered] = renderedNamespaces(world, namespace);
  if (decision === undefined || rendered === undefined) return undefined;
  const drift = decision.plan.changes
    .filter(({ action }) => isLive || action !== 'create')
    .map((change): AttributedFinding => ({ ...findingOfChange(change), baseline: change.baseline, shadow: false }))
    .map((finding) => waive(finding, decision.waived));
  return {
    namespace,
    labels: decision.namespace.labels,
    sections: explainSections(world, decision),
    notReady: notReadyIn(world, decision),
    objects: rendered.objects.map((one) => explainedObject(one, decision, isLive)),
    findings: [...(isLive ? decision.findings : saidOfFiles(decision)), ...drift]
      .sort(compareFindings)
      .map(explainedFinding),
  };
}

/** What counts first: labels come before the rest in a diff. */
function fieldsText(fields: readonly string[]): string {
  const [first = '', ...more] = fields.toSorted((a, b) => Number(isLabel(a)) - Number(isLabel(b)));
  return `${pathOfPointer(first)}${more.length === 0 ? '' : ` and ${more.length} more`}`;
}

const isLabel = (pointer: string): boolean => pointer.startsWith('/metadata/labels/');

const explainedFinding = (finding: AttributedFinding): ExplainedFinding => {
  const { means = '', fix = '' } = helpOf(finding.reason) ?? {};
  return { finding, means, fix };
};

const explainedObject = (one: Rendered, decision: Decision, isLive: boolean): ExplainedObject => {
  const { ref, baseline, control } = one.change;
  return {
    kind: ref.kind,
    name: ref.name,
    baseline,
    control,
    why: controls.find(({ id }) => id === control)?.summary ?? '',
    state: stateOf(one, decision, isLive),
  };
};

function stateOf({ change }: Rendered, { plan, withheld }: Decision, isLive: boolean): string {
  const live = plan.changes.find(({ ref }) => keyOf(ref) === keyOf(change.ref));
  if (live === undefined) return change.action === 'create' || isLive ? 'in place' : 'not in the files';
  const reason = withheld.find((one) => one.change === live)?.reason;
  const left = reason === undefined ? '' : `; left so by ${reason}`;
  switch (live.action) {
    case 'create':
      return `${isLive ? 'missing' : 'not in the files'}${left}`;
    case 'update':
      return `differs at ${fieldsText(live.fields)}${left}`;
    default:
      return `to be replaced: ${describeRef(live.ref)}${left}`;
  }
}
