import type { Condition, SecurityBaselineStatus } from '../../../src/api/types.ts';
import type { NamespaceState } from '../../../src/core/outcome/outcome.ts';

const statusOf = (of: SecurityBaselineStatus, type: string): Condition['status'] | undefined =>
  of.conditions?.find((condition) => condition.type === type)?.status;

/** kstatus, pkg/kstatus/status/generic.go, in its order, and what it does with Ready where nothing abnormal is said. */
export function kstatus(of: SecurityBaselineStatus, generation: number): 'Current' | 'InProgress' | 'Failed' {
  if (of.observedGeneration !== generation) return 'InProgress';
  if (statusOf(of, 'Reconciling') === 'True') return 'InProgress';
  if (statusOf(of, 'Stalled') === 'True') return 'Failed';
  return statusOf(of, 'Ready') === 'True' ? 'Current' : 'InProgress';
}

export interface Looked {
  readonly generation: number;
  /** How each namespace stands that counts for the baseline. */
  readonly states: readonly (NamespaceState | 'pending')[];
  /** The generation that was observed before. */
  readonly observedBefore: number;
}

/** The first rule of docs/status.md that a status breaks. */
export function brokenRule(
  of: SecurityBaselineStatus,
  { generation, states, observedBefore }: Looked,
): string | undefined {
  const is = (type: string): string | undefined => statusOf(of, type);
  const settled = of.observedGeneration === generation;
  const rules: Readonly<Record<string, boolean>> = {
    'Ready and Compliant are always there': is('Ready') !== undefined && is('Compliant') !== undefined,
    'Reconciling and Stalled are only there while True': !['False', 'Unknown'].some(
      (value) => is('Reconciling') === value || is('Stalled') === value,
    ),
    'Reconciling and Stalled exclude each other': is('Reconciling') === undefined || is('Stalled') === undefined,
    'Ready True is neither Reconciling nor Stalled':
      (is('Ready') === 'True') === (is('Reconciling') === undefined && is('Stalled') === undefined),
    'Ready Unknown is Reconciling': is('Ready') !== 'Unknown' || is('Reconciling') === 'True',
    'Stalled is Ready False': is('Stalled') === undefined || is('Ready') === 'False',
    'the generation is observed when it is done or stalled, and not before':
      settled === (is('Reconciling') === undefined),
    'an unsettled generation keeps the one before': settled || of.observedGeneration === observedBefore,
    'every condition is about this generation': (of.conditions ?? []).every((c) => c.observedGeneration === generation),
    'Ready True needs every namespace looked at and none failed':
      is('Ready') !== 'True' || !states.some((state) => state === 'pending' || state === 'failed'),
    'Compliant True needs every namespace compliant':
      (is('Compliant') === 'True') === states.every((s) => s === 'compliant'),
    'Compliant False needs something found':
      (is('Compliant') === 'False') === states.some((s) => s === 'drifted' || s === 'failed'),
    'Compliant True is Ready True': is('Compliant') !== 'True' || is('Ready') === 'True',
    'reasons are words and messages sentences': (of.conditions ?? []).every(
      (c) => /^[A-Z][A-Za-z]+$/.test(c.reason) && c.message !== '',
    ),
    'governed is the sum of the states': sumOf(of) === of.namespaces?.governed,
  };
  return Object.entries(rules).find(([, holds]) => !holds)?.[0];
}

const sumOf = ({ namespaces }: SecurityBaselineStatus): number => {
  const { compliant = 0, drifted = 0, failed = 0, unknown = 0, pending = 0 } = namespaces ?? {};
  return compliant + drifted + failed + unknown + pending;
};
