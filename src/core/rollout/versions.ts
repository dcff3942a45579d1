import type { SecurityBaselineSpec, SecurityBaselineStatus } from '../../api/types.ts';
import type { Baseline } from '../govern/baseline.ts';

type Kept = NonNullable<NonNullable<SecurityBaselineStatus['rollout']>['from']>;

/** As the schema bounds them: of more, or larger ones, namespaces are brought to the new version after a restart. */
const MAX_VERSIONS = 4;
const MAX_SPEC_LENGTH = 131_072;

/** What the status keeps of the versions at which namespaces wait, oldest first: the newest of them. */
export const keptVersions = (versions: readonly Pick<Baseline, 'generation' | 'spec'>[]): Kept =>
  versions
    .map(({ generation, spec }) => ({ generation, spec: JSON.stringify(spec) }))
    .filter(({ spec }) => spec.length <= MAX_SPEC_LENGTH)
    .toSorted((a, b) => a.generation - b.generation)
    .slice(-MAX_VERSIONS);

/** Reads them back; only the operator writes a status. What is no JSON is no version. */
export const versionsIn = (baseline: Baseline, kept: Kept): readonly Baseline[] =>
  kept.flatMap(({ generation, spec }) => {
    const parsed = specIn(spec);
    return parsed === undefined ? [] : [{ ...baseline, generation, spec: parsed }];
  });

function specIn(text: string): SecurityBaselineSpec | undefined {
  try {
    const spec: unknown = JSON.parse(text);
    return typeof spec === 'object' && spec !== null ? (spec as SecurityBaselineSpec) : undefined;
  } catch {
    return undefined;
  }
}
