import { SECURITY_BASELINE } from '../../api/names.ts';
import type { BaselineBody } from '../../core/model/bodies.ts';
import type { Outcome } from '../../core/outcome/outcome.ts';
import type { Contribution, Tally } from '../../core/outcome/tally.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import type { Ledger } from '../ledger.ts';
import type { BaselineLine, Cell } from './wire.ts';
import { STATES } from './wire.ts';

/** A namespace as the wall shows it; undefined when it counts for no baseline. */
export function cellOf(ledger: Pick<Ledger, 'standing' | 'outcome'>, namespace: string): Cell | undefined {
  const standing = ledger.standing(namespace);
  if (standing.size === 0) return undefined;
  return [namespace, stateOf(standing, ledger.outcome(namespace)), [...standing.keys()]];
}

/** The worst, of those that govern: a baseline on trial makes nothing worse (THREATS 15). */
function stateOf(standing: ReadonlyMap<string, Contribution | 'pending'>, outcome: Outcome | undefined): string {
  const governors = new Set(outcome?.governance.sections.map(({ governor }) => governor?.baseline.name));
  const governing = [...standing].filter(([baseline]) => governors.has(baseline));
  const states = (governing.length === 0 ? [...standing] : governing).map(([, part]) =>
    part === 'pending' ? part : shownState(part),
  );
  return STATES.find((state) => states.includes(state)) ?? 'unknown';
}

const shownState = ({ state, retained }: Contribution): string =>
  retained && state === 'compliant' ? 'retained' : state;

/** Every baseline of the store, by name. Costs what baselines there are, however many namespaces. */
export const baselineLines = (index: ObjectIndex, ledger: Pick<Ledger, 'tally'>): readonly BaselineLine[] =>
  [...(index.ofKind(SECURITY_BASELINE.kind) as Iterable<Entry<BaselineBody>>)]
    .map(({ name, body }) => lineOf(name, body, ledger.tally(name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

function lineOf(name: string, { spec, status }: BaselineBody, { counts, findings }: Tally): BaselineLine {
  const bySeverity: Record<string, number> = {};
  for (const [key, count] of findings) {
    const [, severity = ''] = key.split(' ');
    bySeverity[severity] = (bySeverity[severity] ?? 0) + count;
  }
  return {
    name,
    enforcement: spec.enforcement,
    conditions: Object.fromEntries((status?.conditions ?? []).map((condition) => [condition.type, condition.status])),
    counts: { ...counts },
    findings: bySeverity,
  };
}
