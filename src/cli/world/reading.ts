import { resolve } from 'node:path';
import type { ReadDocument } from '../files/documents.ts';
import { documentsOf } from '../files/documents.ts';
import { readSources } from '../files/sourceFile.ts';
import type { Unbuilt } from '../files/unbuilt.ts';
import { unbuiltIn } from '../files/unbuilt.ts';
import type { Terminal } from '../terminal.ts';

/** What has been read so far, and how. */
export interface Reading {
  readonly terminal: Terminal;
  readonly ignore: readonly string[];
  /** Whole paths of what is named: below another it is left to its own turn. */
  readonly named: ReadonlySet<string>;
  /** Those of which that was so. */
  readonly left: Set<string>;
  /** By their place. */
  readonly unbuilt: Map<string, Unbuilt>;
  /** What each file on the disk holds, however often it is named. */
  readonly files: Map<string, readonly ReadDocument[]>;
}

/** What a path holds, be it a file, a directory or `-`. */
export async function documentsIn(path: string, reading: Reading): Promise<readonly ReadDocument[]> {
  const { terminal, ignore, named, left, unbuilt, files } = reading;
  const enters = async (below: string): Promise<boolean> => {
    const whole = resolve(terminal.directory, below);
    if (named.has(whole)) {
      left.add(whole);
      return false;
    }
    const found = await unbuiltIn(below, terminal.directory);
    if (found !== undefined) unbuilt.set(found.file, found);
    return found?.isChart !== true;
  };
  const documents: ReadDocument[] = [];
  for await (const source of readSources([path], terminal, { ignore, enters })) {
    const known = files.get(source.real);
    // A file that was found in a directory may be named as well.
    const read = known?.map((one) => ({ ...one, isNamed: one.isNamed || source.isNamed })) ?? documentsOf(source);
    files.set(source.real, read);
    documents.push(...read);
  }
  return documents;
}
