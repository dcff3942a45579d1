import { SECURITY_BASELINE } from '../../api/names.ts';
import type { Change } from '../../core/plan/change.ts';
import { findingOfChange } from '../../core/plan/driftFinding.ts';
import { waive } from '../../core/waive/waived.ts';
import { AUDIT_RULES } from '../audit/rules.ts';
import type { ExitCode } from '../exitCodes.ts';
import { CLEAN, FOUND, UsageError } from '../exitCodes.ts';
import type { ManifestDocument } from '../files/documents.ts';
import {
  documentSubject,
  doubleResult,
  invalidResults,
  unbuiltResult,
  unreadableResult,
} from '../findings/documentResults.ts';
import type { PlacedFinding } from '../findings/findingResults.ts';
import { findingResults, saidOfFiles } from '../findings/findingResults.ts';
import { FINDING_RULES } from '../findings/help.ts';
import { FORMAT_NAMES } from '../format/formatNames.ts';
import type { FormatName } from '../format/formats.ts';
import { FORMATS } from '../format/formats.ts';
import { parseOutputs, writeOutputs } from '../format/outputs.ts';
import type { FailOn, Report, Result } from '../format/report.ts';
import { countsOf, fails, sortResults } from '../format/report.ts';
import type { Terminal } from '../terminal.ts';
import type { Decision } from '../world/decide.ts';
import { clusterFindings, decisions } from '../world/decide.ts';
import { fileWorld } from '../world/fileWorld.ts';
import type { ReadManifests } from '../world/readManifests.ts';
import { readManifests } from '../world/readManifests.ts';
import type { World, WorldFlags } from '../world/world.ts';
import { auditResults, isPolicy } from './auditResults.ts';
import { unknownLabels } from './namespaceLabels.ts';
import { notJudgedSubjects, notJudgedText } from './notJudged.ts';
import { waiverResults } from './waiverResults.ts';

export interface CheckFlags extends WorldFlags {
  /** 36 for 1.36. */
  readonly kubernetesVersion: number;
  readonly failOn: FailOn;
  readonly output?: readonly string[];
}

/** `drawbridge check`: what manifests would be found to be by the operator, without a cluster. */
export async function check(paths: readonly string[], flags: CheckFlags, terminal: Terminal): Promise<ExitCode> {
  const outputs = parseOutputs(flags.output ?? ['table'], FORMAT_NAMES);
  const read = await readManifests(paths, terminal, flags.ignore);
  if (read.empty.length > 0) throw new UsageError(emptyText(read.empty));
  const world = await fileWorld(read.documents, flags, terminal);
  const decided = decisions(world);
  const invalid = new Map(read.documents.map((document) => [document, invalidResults(document)]));
  const isInvalid = (document: ManifestDocument): boolean => (invalid.get(document) ?? []).length > 0;
  const results = sortResults(
    [
      ...[...invalid.values()].flat(),
      ...resultsOf(read, world, decided, flags),
      ...auditResults(read.documents, isInvalid, { minor: flags.kubernetesVersion }),
    ],
    read.files,
  );
  const hasBaseline = [...world.index.ofKind(SECURITY_BASELINE.kind)].length > 0;
  if (results.length === 0 && !hasBaseline && !read.documents.some(isPolicy)) throw new UsageError(NOTHING);
  const notJudged = world.notJudged.filter(({ document }) => !isPolicy(document) && !isInvalid(document));
  const report: Report = {
    command: 'check',
    rules: [...FINDING_RULES, ...AUDIT_RULES],
    subjects: read.documents.map(documentSubject),
    results,
    failOn: flags.failOn,
    notJudged: notJudgedSubjects(notJudged),
  };
  await writeOutputs(outputs, (name, options) => FORMATS[name as FormatName](report, options), terminal);
  if (notJudged.length > 0) terminal.log(notJudgedText(notJudged));
  const governed = decided.filter(({ governance }) =>
    governance.sections.some(({ governor }) => governor !== undefined),
  );
  terminal.log(
    `objects: ${read.documents.length}, namespaces: ${decided.length}, governed: ${governed.length}, found: ${countsOf(results)}`,
  );
  return results.some(({ severity }) => fails(severity, flags.failOn)) ? FOUND : CLEAN;
}

const NOTHING = 'there is nothing to check against: name a file that holds a SecurityBaseline';

/** Of a command before a pipe that failed there is nothing but this to see. */
const emptyText = (paths: readonly string[]): string =>
  paths
    .map((path) => (path === '-' ? 'there is no object on standard input' : `${path}: there is no object in it`))
    .join('\n');

/** What is found beside what is wrong with a document by itself. */
function resultsOf(
  { documents, broken, unbuilt }: ReadManifests,
  world: World,
  decided: readonly Decision[],
  flags: CheckFlags,
): readonly Result[] {
  const inCluster = clusterFindings(world).map((finding): PlacedFinding => ({ finding, namespace: '' }));
  return [
    ...broken.map(unreadableResult),
    ...unbuilt.map(unbuiltResult),
    ...world.doubles.map(doubleResult),
    ...unknownLabels(world, documents, flags),
    ...waiverResults(world),
    ...findingResults(world, [...decided.flatMap((decision) => findingsOf(decision, world)), ...inCluster]),
  ];
}

/**
 * What is wrong with what files hold. That our own objects are missing from them is how it should be: the operator makes
 * them. What it would change or remove of what a file holds is a finding, for who wrote it thinks that it stays.
 */
export function findingsOf(decision: Decision, { documentOf }: Pick<World, 'documentOf'>): readonly PlacedFinding[] {
  const { namespace, plan } = decision;
  const drift = plan.changes
    .filter(({ action, ref }) => action !== 'create' && documentOf(ref) !== undefined)
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
