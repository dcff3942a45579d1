import { keyOf } from '../../k8s/ref.ts';
import type { Finding } from '../model/finding.ts';
import type { BaselineOutcome } from '../outcome/outcome.ts';
import type { Trouble } from '../outcome/rolloutProgress.ts';

/** What a namespace has already: the roll-out did not bring it. */
export const knownFindings = (baselines: readonly BaselineOutcome[]): ReadonlySet<string> =>
  new Set(baselines.flatMap(({ findings }) => findings.map(keyOfFinding)));

/**
 * What stops a roll-out in a namespace that was let through: a write that fails, or a finding that was not there before and
 * is critical, or says that something is held back because it would break what runs. A write that has lost a race or two is tried
 * again at once, and is not asked here.
 */
export function troubleOf(
  namespace: string,
  { findings, failure }: BaselineOutcome,
  before: ReadonlySet<string>,
): Trouble | undefined {
  if (failure !== undefined) return { namespace, reason: failure.reason, message: failure.message };
  const found = findings.find((finding) => stops(finding) && !before.has(keyOfFinding(finding)));
  return found === undefined ? undefined : { namespace, reason: found.reason, message: found.message };
}

/** `RaiseHeld`, `PreflightHeld`: controls that hold something back say so in the same way. */
const stops = ({ result, severity, reason }: Finding): boolean =>
  result === 'fail' && (severity === 'critical' || reason.endsWith('Held'));

const keyOfFinding = ({ control, reason, ref }: Finding): string => `${control} ${reason} ${keyOf(ref)}`;
