import type { ExitCode } from '../exitCodes.ts';
import { CLEAN, FOUND, UsageError } from '../exitCodes.ts';
import type { ManifestDocument } from '../files/documents.ts';
import { documentSubject } from '../findings/documentResults.ts';
import type { FormatOptions } from '../format/format.ts';
import { FORMAT_NAMES } from '../format/formatNames.ts';
import type { FormatName } from '../format/formats.ts';
import { FORMATS } from '../format/formats.ts';
import { parseOutputs, writeOutputs } from '../format/outputs.ts';
import type { Report } from '../format/report.ts';
import { fails } from '../format/report.ts';
import type { Terminal } from '../terminal.ts';
import { fileWorld } from '../world/fileWorld.ts';
import { readManifests } from '../world/readManifests.ts';
import type { ClusterFlags, World, WorldFlags } from '../world/world.ts';
import { tellDoubles, usable, worldIn } from '../world/worldIn.ts';
import type { PlacedDifference } from './diffText.ts';
import { diffText } from './diffText.ts';
import { liveDifferences } from './liveDifferences.ts';
import type { ObjectDifference } from './objectDifference.ts';
import { DIFF_RULES, resultOfDifference } from './objectDifference.ts';
import { renderedDifferences } from './renderedDifferences.ts';

export interface DiffFlags extends WorldFlags, ClusterFlags {
  readonly output?: readonly string[];
}

const FAIL_ON = 'warning';

/** `drawbridge diff`: what the operator would change in a cluster, or would hold otherwise by other files. */
export async function diff(paths: readonly string[], flags: DiffFlags, terminal: Terminal): Promise<ExitCode> {
  const outputs = parseOutputs(flags.output ?? ['table'], FORMAT_NAMES);
  const { documents, differences } = await found(paths, flags, terminal);
  const results = differences.map(({ result }) => result);
  const subjects = documents.map(documentSubject);
  const report: Report = { command: 'diff', rules: DIFF_RULES, subjects, results, failOn: FAIL_ON };
  const textOf = (name: string, options: FormatOptions) =>
    name === 'table' ? diffText(differences, options) : FORMATS[name as FormatName](report, options);
  await writeOutputs(outputs, textOf, terminal);
  const differ = results.filter(({ severity }) => fails(severity, FAIL_ON));
  const withheld = results.length - differ.length;
  terminal.log(`differences: ${differ.length}${withheld === 0 ? '' : `, not written: ${withheld}`}`);
  return differ.length > 0 ? FOUND : CLEAN;
}

interface Found {
  readonly documents: readonly ManifestDocument[];
  readonly differences: readonly PlacedDifference[];
}

async function found(paths: readonly string[], flags: DiffFlags, terminal: Terminal): Promise<Found> {
  if (paths.length === 0 || flags.live === true) {
    const { world, documents } = await worldIn(paths, flags, terminal);
    const differences = liveDifferences(world, flags.namespace).map((difference) => placed(world, difference));
    return { documents, differences };
  }
  const [before, after, ...more] = paths;
  if (before === undefined || after === undefined || more.length > 0) throw new UsageError(TWO);
  if (flags.kubeconfig !== undefined || flags.context !== undefined) throw new UsageError(TWO);
  const filesOf = async (path: string) => usable(await readManifests([path], terminal, flags.ignore), terminal);
  const [old, next] = [await filesOf(before), await filesOf(after)];
  const [oldWorld, nextWorld] = [
    await fileWorld(old.documents, flags, terminal),
    await fileWorld(next.documents, flags, terminal),
  ];
  for (const world of [oldWorld, nextWorld]) tellDoubles(world, terminal);
  const differences = renderedDifferences(oldWorld, nextWorld, flags.namespace).map((one) =>
    placed(one.action === 'remove' && !isThere(nextWorld, one.baseline) ? oldWorld : nextWorld, one),
  );
  return { documents: [...old.documents, ...next.documents], differences };
}

const placed = (world: World, difference: ObjectDifference): PlacedDifference => ({
  difference,
  result: resultOfDifference(world, difference),
});

const TWO =
  'write two paths, BEFORE AFTER, to compare what they make; --live FILES for what applying them would change in the cluster; or no path for what the operator would change there now';

const isThere = (world: World, name: string): boolean => world.index.get('SecurityBaseline', '', name) !== undefined;
