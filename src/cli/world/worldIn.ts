import { SECURITY_BASELINE } from '../../api/names.ts';
import { UsageError } from '../exitCodes.ts';
import type { ManifestDocument } from '../files/documents.ts';
import { doubleResult, invalidResults, unbuiltResult, unreadableResult } from '../findings/documentResults.ts';
import { lineOf } from '../format/report.ts';
import type { Terminal } from '../terminal.ts';
import { fileWorld } from './fileWorld.ts';
import type { ReadManifests } from './readManifests.ts';
import { readManifests } from './readManifests.ts';
import type { ClusterFlags, World, WorldFlags } from './world.ts';

/** A world, and what files there are in it. */
export interface FoundWorld {
  readonly world: World;
  readonly documents: readonly ManifestDocument[];
  readonly isLive: boolean;
}

/**
 * Files where files are named, the cluster where none are, and with `--live` the cluster as it would be with them.
 * @throws UsageError where a file cannot be used as it is, or nobody declares anything
 */
export async function worldIn(
  paths: readonly string[],
  flags: WorldFlags & ClusterFlags,
  terminal: Terminal,
): Promise<FoundWorld> {
  const isLive = paths.length === 0 || flags.live === true;
  if (!isLive && (flags.kubeconfig !== undefined || flags.context !== undefined)) {
    throw new UsageError('files and a cluster: write --live to look at the cluster as it would be with the files');
  }
  if (isLive && flags.facts !== undefined)
    throw new UsageError('--facts: a cluster tells its facts itself; leave it out');
  const { documents } = usable(await readManifests(paths, terminal, flags.ignore), terminal);
  const world = isLive
    ? await (await import('./liveWorld.ts')).liveWorld(documents, flags, terminal.now())
    : await fileWorld(documents, flags, terminal);
  requireBaseline(world);
  tellDoubles(world, terminal);
  return { world, documents, isLive };
}

/** What is decided from broken files would be half an answer. */
export function usable(read: ReadManifests, terminal: Terminal): ReadManifests {
  const wrong = [...read.broken.map(unreadableResult), ...read.documents.flatMap(invalidResults)];
  if (wrong.some(({ severity }) => severity === 'error')) throw new UsageError(wrong.map(lineOf).join('\n'));
  for (const result of [...wrong, ...read.unbuilt.map(unbuiltResult)]) terminal.log(lineOf(result));
  return read;
}

/** What was decided from one of two is said by commands that answer about something else. */
export function tellDoubles({ doubles }: World, terminal: Terminal): void {
  for (const double of doubles) terminal.log(lineOf(doubleResult(double)));
}

export function requireBaseline({ index }: World): void {
  if ([...index.ofKind(SECURITY_BASELINE.kind)].length > 0) return;
  throw new UsageError('there is no SecurityBaseline: name a file that holds one, or a cluster that has one');
}
