import type { Dirent } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { UsageError } from '../exitCodes.ts';
import type { Terminal } from '../terminal.ts';

/** A file as it was read, or why it was not. */
export interface SourceFile {
  /** As people wrote it, or as found below a directory that they wrote; `-` is called `<stdin>`. */
  readonly name: string;
  /** Somebody named it; else it was found in a directory, and may be about something else. */
  readonly isNamed: boolean;
  readonly content: { readonly text: string } | { readonly unreadable: string };
}

export const STDIN = '<stdin>';
const EXTENSIONS: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json']);
/** A policy has some kilobytes, and the manifests of a large chart one megabyte. A parsed text takes a hundred times as much. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_FILES = 20_000;

/**
 * Reads files, directories with all that is in them, and `-` for standard input. Each file is read once, by whatever ways it
 * is reached; what lies in a directory comes in the order of its names.
 * @throws UsageError where one is not there or cannot be read
 */
export async function* readSources(paths: readonly string[], terminal: Terminal): AsyncGenerator<SourceFile> {
  const seen = new Set<string>();
  for (const path of paths) {
    if (path === '-') {
      if (!seen.has(STDIN)) yield { name: STDIN, isNamed: true, content: decode(await bounded(terminal.stdin())) };
      seen.add(STDIN);
      continue;
    }
    for await (const { name, isNamed } of filesAt(path, terminal.directory, seen)) {
      if (seen.size > MAX_FILES) throw new UsageError(`${path}: more than ${MAX_FILES} files: name what is to be read`);
      yield { name, isNamed, content: await contentOf(name, terminal.directory) };
    }
  }
}

interface Found {
  readonly name: string;
  readonly isNamed: boolean;
}

/** Directories may hold links to those they lie in: each is gone through once. */
async function* filesAt(path: string, from: string, seen: Set<string>, isNamed = true): AsyncGenerator<Found> {
  const kind = await orRefuse(path, () => stat(resolve(from, path)));
  // A pipe, such as a shell makes of <(command), has no path beside the one that was given.
  const isOnDisk = kind.isDirectory() || kind.isFile();
  const real = isOnDisk ? await orRefuse(path, () => realpath(resolve(from, path))) : resolve(from, path);
  if (seen.has(real)) return;
  seen.add(real);
  if (!kind.isDirectory()) {
    yield { name: path, isNamed };
    return;
  }
  const entries = await orRefuse(path, () => readdir(real, { withFileTypes: true }));
  for (const entry of entries.sort(byName)) {
    const below = join(path, entry.name);
    if (await isOfInterest(entry, resolve(from, below))) yield* filesAt(below, from, seen, false);
  }
}

/** Kubelets mount ConfigMaps as links into a hidden directory: the plain names come first, so that they are shown. */
const byName = (a: Dirent, b: Dirent): number =>
  Number(a.name.startsWith('.')) - Number(b.name.startsWith('.')) || (a.name < b.name ? -1 : 1);

async function isOfInterest(entry: Dirent, path: string): Promise<boolean> {
  if (entry.isDirectory()) return true;
  if (entry.isFile()) return EXTENSIONS.has(extname(entry.name));
  if (!entry.isSymbolicLink()) return false;
  // One that leads nowhere, or round in a circle, has nothing to read.
  const target = await stat(path).catch(() => undefined);
  return target?.isDirectory() === true || (target?.isFile() === true && EXTENSIONS.has(extname(entry.name)));
}

async function contentOf(name: string, from: string): Promise<SourceFile['content']> {
  const file = await orRefuse(name, () => open(resolve(from, name)));
  try {
    // Not all at once: what is named may be a pipe, or a device without an end.
    return decode(await orRefuse(name, () => bounded(file.createReadStream({ autoClose: false }))));
  } finally {
    await file.close();
  }
}

/** Undefined: there is more than is read. */
async function bounded(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  const kept: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) return undefined;
    kept.push(chunk);
  }
  return Buffer.concat(kept);
}

function decode(bytes: Uint8Array | undefined): SourceFile['content'] {
  if (bytes === undefined) {
    return { unreadable: `it has more than ${MAX_BYTES / 1024 / 1024} MiB, and is not read: split it` };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { unreadable: 'it is not text in UTF-8: write it anew in that encoding' };
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or directory',
  EACCES: 'it may not be read',
  ELOOP: 'its links lead round in a circle',
};

async function orRefuse<T>(name: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new UsageError(`${name}: ${REASONS[code] ?? message}`);
  }
}
