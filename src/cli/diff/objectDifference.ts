import { SECURITY_BASELINE } from '../../api/names.ts';
import type { ObjectRef } from '../../k8s/ref.ts';
import { describeRef } from '../../k8s/ref.ts';
import { pathOfPointer, placeOf } from '../findings/findingResults.ts';
import type { Result, Rule } from '../format/report.ts';
import { shortPrintable } from '../printable.ts';
import type { World } from '../world/world.ts';
import type { Difference } from './differences.ts';

/** An object that is one way and would be another. */
export interface ObjectDifference {
  readonly ref: ObjectRef;
  /** That asks for it, or did. */
  readonly baseline: string;
  readonly section: string;
  readonly action: 'add' | 'change' | 'replace' | 'remove';
  readonly fields: readonly Difference[];
  /** Why it stays as it is, if it does. */
  readonly withheld: string | undefined;
}

const SUMMARIES = {
  add: 'The object would be made.',
  change: 'The object would be changed.',
  replace: 'The object would be deleted and made anew, as Kubernetes allows no change of it.',
  remove:
    'The object would be removed; of two directories: it would no longer be held, and deletionPolicy says whether it stays.',
} as const;

export const DIFF_RULES: readonly Rule[] = Object.entries(SUMMARIES).map(([id, summary]) => ({
  id,
  severity: 'warning',
  summary,
}));

/** At the section of the baseline that asks for it, in its file or in the cluster. What is withheld is no difference yet. */
export function resultOfDifference(world: World, difference: ObjectDifference): Result {
  const { ref, baseline, section, action, fields, withheld } = difference;
  const document = world.documentOf({ kind: SECURITY_BASELINE.kind, namespace: '', name: baseline });
  const [file, position] = placeOf(document, `spec.${section}`);
  const why = withheld === undefined ? '' : `; it is not, by ${withheld}`;
  const what = `${action}${fields.length === 0 ? '' : ` ${fields.map(describe).join('; ')}`}`;
  return {
    file,
    position,
    object: shortPrintable(describeRef(ref)),
    rule: action,
    severity: withheld === undefined ? 'warning' : 'info',
    path: shortPrintable(fields[0] === undefined ? '' : pathOfPointer(fields[0].pointer)),
    message: shortPrintable(`${describeRef(ref)}: ${what} (baseline ${baseline})${why}`),
  };
}

const describe = ({ pointer, before, after }: Difference): string =>
  pointer === '' ? 'as a whole' : `${pathOfPointer(pointer)}: ${short(before)} → ${short(after)}`;

const MAX_CHARS = 120;

function short(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length > MAX_CHARS ? `${json.slice(0, MAX_CHARS)}…` : json;
}
