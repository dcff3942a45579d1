import { SECURITY_BASELINE } from '../../api/names.ts';
import { selectorKeys } from '../../core/govern/baseline.ts';
import { isSystemNamespace } from '../../core/govern/systemNamespaces.ts';
import type { BaselineBody } from '../../core/model/bodies.ts';
import type { Change } from '../../core/plan/change.ts';
import { findingOfChange } from '../../core/plan/driftFinding.ts';
import { waive } from '../../core/waive/waived.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { ExitCode } from '../exitCodes.ts';
import { CLEAN, FOUND, UsageError } from '../exitCodes.ts';
import type { ManifestDocument } from '../files/documents.ts';
import { documentSubject, invalidResults, ownResult, unreadableResult } from '../findings/documentResults.ts';
import type { PlacedFinding } from '../findings/findingResults.ts';
import { findingResults, saidOfFiles } from '../findings/findingResults.ts';
import { FINDING_RULES } from '../findings/help.ts';
import { FORMAT_NAMES } from '../format/formatNames.ts';
import type { FormatName } from '../format/formats.ts';
import { FORMATS } from '../format/formats.ts';
import { parseOutputs, writeOutputs } from '../format/outputs.ts';
import type { FailOn, Report, Result } from '../format/report.ts';
import { countsOf, fails, sortResults } from '../format/report.ts';
import { grouped } from '../grouped.ts';
import type { Terminal } from '../terminal.ts';
import type { Decision } from '../world/decide.ts';
import { decisions } from '../world/decide.ts';
import { fileWorld } from '../world/fileWorld.ts';
import { manifestObject, NAME_LABEL } from '../world/manifestObject.ts';
import { readManifests } from '../world/readManifests.ts';
import type { World, WorldFlags } from '../world/world.ts';

export interface CheckFlags extends WorldFlags {
  readonly failOn: FailOn;
  readonly output?: readonly string[];
}

/** `drawbridge check`: what manifests would be found to be by the operator, without a cluster. */
export async function check(paths: readonly string[], flags: CheckFlags, terminal: Terminal): Promise<ExitCode> {
  const outputs = parseOutputs(flags.output ?? ['table'], FORMAT_NAMES);
  const { documents, broken } = await readManifests(paths, terminal);
  const world = await fileWorld(documents, flags, terminal);
  const invalid = documents.flatMap(invalidResults);
  if (broken.length + invalid.length === 0 && [...world.index.ofKind(SECURITY_BASELINE.kind)].length === 0) {
    throw new UsageError('there is nothing to check against: name a file that holds a SecurityBaseline');
  }
  const decided = decisions(world);
  const results = sortResults([
    ...broken.map(unreadableResult),
    ...invalid,
    ...unknownNamespaces(world, documents, flags),
    ...findingResults(world, decided.flatMap(findingsOf)),
  ]);
  const report: Report = {
    command: 'check',
    rules: FINDING_RULES,
    subjects: documents.map(documentSubject),
    results,
    failOn: flags.failOn,
  };
  await writeOutputs(outputs, (name, options) => FORMATS[name as FormatName](report, options), terminal);
  const governed = decided.filter(({ governance }) =>
    governance.sections.some(({ governor }) => governor !== undefined),
  );
  terminal.log(
    `objects: ${documents.length}, namespaces: ${decided.length}, governed: ${governed.length}, found: ${countsOf(results)}`,
  );
  return results.some(({ severity }) => fails(severity, flags.failOn)) ? FOUND : CLEAN;
}

/**
 * What is wrong with what files hold. That our own objects are missing from them is how it should be: the operator makes
 * them. What it would change or remove is a finding, for who wrote it thinks that it stays.
 */
export function findingsOf(decision: Decision): readonly PlacedFinding[] {
  const { namespace, plan } = decision;
  const drift = plan.changes
    .filter(({ action }) => action !== 'create')
    .map(
      (change): PlacedFinding => ({
        finding: waive(driftOf(change), decision.waived),
        namespace: namespace.name,
        change,
      }),
    );
  return [...saidOfFiles(decision).map((finding) => ({ finding, namespace: namespace.name })), ...drift];
}

const driftOf = (change: Change): PlacedFinding['finding'] => ({
  ...findingOfChange(change),
  baseline: change.baseline,
  shadow: false,
});

/** Objects in a namespace of which nobody said whether a baseline selects it: that none governs it there may be an error. */
function unknownNamespaces(
  world: World,
  documents: readonly ManifestDocument[],
  { namespace: given, namespaceLabels, operatorNamespace }: WorldFlags,
): readonly Result[] {
  const baselines = [...world.index.ofKind(SECURITY_BASELINE.kind)] as readonly Entry<BaselineBody>[];
  const isByLabels = baselines.some(({ body }) => selectorKeys(body.spec).some((key) => key !== NAME_LABEL));
  if (!isByLabels) return [];
  const isKnown = (name: string): boolean =>
    (name === given && namespaceLabels !== undefined) ||
    isSystemNamespace(name, operatorNamespace) ||
    world.documentOf({ kind: 'Namespace', namespace: '', name }) !== undefined;
  const byNamespace = grouped(documents, (one) => manifestObject(one, given ?? '')?.object.metadata.namespace);
  return world.namespaces
    .filter(({ name }) => !isKnown(name))
    .flatMap(({ name }) => {
      const [first] = byNamespace.get(name) ?? [];
      return first === undefined
        ? []
        : [ownResult(first, 'NamespaceLabelsUnknown', 'metadata.namespace', labelsUnknown(name))];
    });
}

const labelsUnknown = (name: string): string =>
  `the labels of namespace ${name} are not known, and baselines select by them: add its manifest, or write -n ${name} --namespace-labels KEY=VALUE`;
