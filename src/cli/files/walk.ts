import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, posix, resolve } from 'node:path';
import { matchesGlob } from '../../k8s/glob.ts';
import { UsageError } from '../exitCodes.ts';

/** A file that somebody named, or that lies below a directory that they named. */
export interface FoundFile {
  readonly name: string;
  readonly isNamed: boolean;
  /** What it is on the disk, by whatever way it was reached. */
  readonly real: string;
  /** It is a link that leads nowhere, or round in a circle. */
  readonly isLost?: true;
}

/** What of a directory is gone through. */
export interface WalkOptions {
  /** What is left out below directories: globs of whole paths, or without a slash of names. */
  readonly ignore?: readonly string[];
  /** Asked of each directory below those that were named, once: false leaves it alone. */
  readonly enters?: (directory: string) => Promise<boolean>;
}

const EXTENSIONS: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json']);
/** Where nobody keeps manifests, and others keep thousands of files. */
const NEVER: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/**
 * The file that a path is, or those below it, in the order of their names. Directories may hold links to those they lie in:
 * each is gone through once, and so is each file in `seen`.
 * @throws UsageError where one is not there or cannot be read
 */
export async function* filesAt(
  path: string,
  from: string,
  seen: Set<string>,
  options: WalkOptions = {},
  isNamed = true,
): AsyncGenerator<FoundFile> {
  const kind = await orRefuse(path, () => stat(resolve(from, path)));
  // A pipe, such as a shell makes of <(command), has no path beside the one that was given.
  const isOnDisk = kind.isDirectory() || kind.isFile();
  const real = isOnDisk ? await orRefuse(path, () => realpath(resolve(from, path))) : resolve(from, path);
  if (seen.has(real)) return;
  seen.add(real);
  if (!kind.isDirectory()) {
    yield { name: path, isNamed, real };
    return;
  }
  if (!isNamed && (await options.enters?.(path)) === false) return;
  const entries = await orRefuse(path, () => readdir(real, { withFileTypes: true }));
  for (const entry of entries.sort(byName)) {
    // A slash on Windows too: so do reports want it, and it is read there.
    const below = posix.join(path, entry.name);
    if (isLeftOut(below, entry.name, options.ignore ?? [])) continue;
    const interest = await interestIn(entry, resolve(from, below));
    if (interest === 'lost') yield { name: below, isNamed: false, real: resolve(from, below), isLost: true };
    if (interest === 'some') yield* filesAt(below, from, seen, options, false);
  }
}

const isLeftOut = (path: string, name: string, globs: readonly string[]): boolean =>
  NEVER.has(name) || globs.some((glob) => matchesGlob(glob.replace(/\/$/, ''), /\/./.test(glob) ? path : name));

/** Kubelets mount ConfigMaps as links into a hidden directory: the plain names come first, so that they are shown. */
const byName = (a: Dirent, b: Dirent): number =>
  Number(a.name.startsWith('.')) - Number(b.name.startsWith('.')) || (a.name < b.name ? -1 : 1);

async function interestIn(entry: Dirent, path: string): Promise<'some' | 'none' | 'lost'> {
  const isManifest = EXTENSIONS.has(extname(entry.name));
  if (entry.isDirectory()) return 'some';
  if (entry.isFile()) return isManifest ? 'some' : 'none';
  if (!entry.isSymbolicLink()) return 'none';
  const target = await stat(path).catch(() => undefined);
  if (target === undefined) return isManifest ? 'lost' : 'none';
  return target.isDirectory() || (target.isFile() && isManifest) ? 'some' : 'none';
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or directory',
  EACCES: 'it may not be read',
  ELOOP: 'its links lead round in a circle',
};

/** What the system says of a path, in a sentence. */
export async function orRefuse<T>(name: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new UsageError(`${name}: ${REASONS[code] ?? message}`);
  }
}
