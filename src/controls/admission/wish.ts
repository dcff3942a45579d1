import type { SecurityBaselineSpec } from '../../api/types.ts';
import { list, record, text } from '../../k8s/json.ts';
import { BASELINES_VARIABLE } from './policy.ts';
import type { AdmissionSource } from './source.ts';
import { actionOf } from './source.ts';

/** A baseline, with or without `admission`. */
export interface Candidate {
  readonly baseline: string;
  readonly spec: SecurityBaselineSpec;
  /** It is being deleted, and is known to wish its objects gone. */
  readonly releasing: boolean;
}

/** What is to become of the policies. */
export type AdmissionWish =
  | { readonly type: 'hold'; readonly sources: readonly AdmissionSource[] }
  /** Nobody who enforces asks: what stands is neither changed nor put right. */
  | { readonly type: 'leave' }
  | { readonly type: 'prune' };

/** Whether it writes: it enforces, and does not rest. */
export const enforces = ({ spec }: Candidate): boolean => spec.enforcement === 'Enforce' && spec.suspend !== true;

/**
 * What the baselines wish, given whose wishes the policies that stand were made of. One that only audits or rests by now
 * keeps what it had in force, and adds nothing. Absence never prunes (THREATS 3): policies go when the section was taken out
 * of a baseline that enforces, or that baseline is deleted under `deletionPolicy: Delete`.
 */
export function admissionWish(candidates: readonly Candidate[], recorded: ReadonlySet<string>): AdmissionWish {
  const declared = candidates.filter(({ spec, releasing }) => spec.admission !== undefined && !releasing);
  if (declared.some(enforces)) {
    return {
      type: 'hold',
      sources: declared
        .filter((one) => enforces(one) || recorded.has(one.baseline))
        .flatMap(({ baseline, spec }) =>
          spec.admission === undefined ? [] : [{ baseline, action: actionOf(spec.admission), spec }],
        ),
    };
  }
  if (declared.length > 0 || recorded.size === 0) return { type: 'leave' };
  const letsGo = (name: string): boolean =>
    candidates.some((one) => one.baseline === name && (one.releasing || enforces(one)));
  return { type: [...recorded].every(letsGo) ? 'prune' : 'leave' };
}

/** The baselines that a policy which stands was made of, as it says itself; none where it does not. */
export function baselinesIn(policy: unknown): readonly string[] {
  const variables = list(record(record(policy).spec).variables).map(record);
  const expression = text(variables.find(({ name }) => name === BASELINES_VARIABLE)?.expression);
  try {
    return list(JSON.parse(expression)).map(text);
  } catch {
    return [];
  }
}
