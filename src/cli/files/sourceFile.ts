import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../exitCodes.ts';
import type { Terminal } from '../terminal.ts';
import type { FoundFile, WalkOptions } from './walk.ts';
import { filesAt, orRefuse } from './walk.ts';

/** A file as it was read, or why it was not. Its name is as people wrote it; `-` is called `<stdin>`. */
export interface SourceFile extends FoundFile {
  readonly content: { readonly text: string } | { readonly unreadable: string };
}

export const STDIN = '<stdin>';
/** A policy has some kilobytes, and the manifests of a large chart one megabyte. A parsed text takes a hundred times as much. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_FILES = 20_000;

/**
 * Reads files, directories with all that is in them, and `-` for standard input. Each file is read once, by whatever ways it
 * is reached; what lies in a directory comes in the order of its names.
 * @throws UsageError where one is not there or cannot be read
 */
export async function* readSources(
  paths: readonly string[],
  terminal: Terminal,
  options: WalkOptions = {},
): AsyncGenerator<SourceFile> {
  const seen = new Set<string>();
  for (const path of paths) {
    if (path === '-') {
      const content = seen.has(STDIN) ? undefined : decode(await standardInput(terminal));
      seen.add(STDIN);
      if (content !== undefined) yield { name: STDIN, isNamed: true, real: STDIN, content };
      continue;
    }
    for await (const found of filesAt(path, terminal.directory, seen, options)) {
      if (seen.size > MAX_FILES) throw new UsageError(`${path}: more than ${MAX_FILES} files: name what is to be read`);
      yield { ...found, content: found.isLost ? LOST : await contentOf(found.name, terminal.directory) };
    }
  }
}

const LOST = { unreadable: 'it is a link that leads nowhere: delete it, or put right where it leads' } as const;

const standardInput = (terminal: Terminal): Promise<Uint8Array | undefined> =>
  orRefuse('standard input', () => bounded(terminal.stdin()));

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
