import { resolve } from 'node:path';
import type { BrokenDocument, ManifestDocument, ReadDocument } from '../files/documents.ts';
import type { Unbuilt } from '../files/unbuilt.ts';
import { printable } from '../printable.ts';
import { someOf } from '../someOf.ts';
import type { Terminal } from '../terminal.ts';
import { builtAt } from './builtManifests.ts';
import type { Reading } from './reading.ts';
import { documentsIn } from './reading.ts';

/** What files hold. */
export interface ReadManifests {
  readonly documents: readonly ManifestDocument[];
  /** Of what somebody named, or what may be an object of Kubernetes. */
  readonly broken: readonly BrokenDocument[];
  /** What other tools would make manifests of. */
  readonly unbuilt: readonly Unbuilt[];
  /** In the order in which they were read. */
  readonly files: readonly string[];
  /** Paths that hold nothing at all. */
  readonly empty: readonly string[];
}

/**
 * Reads files, directories, and `-`; a directory that is a kustomization is built. `ignore`: what is left out below them.
 * @throws UsageError where one is not there, or is a chart
 */
export async function readManifests(
  paths: readonly string[],
  terminal: Terminal,
  ignore: readonly string[] = [],
): Promise<ReadManifests> {
  const named = new Set(paths.map((path) => resolve(terminal.directory, path)));
  const reading: Reading = { terminal, ignore, named, left: new Set(), unbuilt: new Map(), files: new Map() };
  const built: ReadDocument[] = [];
  const empty: string[] = [];
  for (const path of new Set(paths)) {
    const before = reading.unbuilt.size + reading.left.size;
    const objects = await builtAt(path, reading);
    built.push(...(objects ?? []));
    const found = objects ?? (await documentsIn(path, reading));
    if (found.length === 0 && reading.unbuilt.size + reading.left.size === before) empty.push(path);
  }
  const read = [...built, ...[...reading.files.values()].flat()];
  const broken = read.filter((one): one is BrokenDocument => one.type === 'broken');
  const meant = broken.filter(mayBeManifest);
  const passedOver = new Set(broken.filter((one) => !meant.includes(one)).map(({ file }) => file));
  if (passedOver.size > 0) {
    terminal.log(`passed over what cannot be read, and speaks of no object: ${someOf([...passedOver].map(printable))}`);
  }
  const documents = read.filter((one): one is ManifestDocument => one.type === 'document');
  const files = read.map(({ file }) => printable(file));
  return { documents, broken: meant, unbuilt: [...reading.unbuilt.values()], files, empty };
}

/** What cannot be read is in doubt a manifest; in a directory it is none where it has not the fields that each has. */
const mayBeManifest = ({ isNamed, text: content }: BrokenDocument): boolean =>
  isNamed || content === '' || (/\bapiVersion\b/.test(content) && /\bkind\b/.test(content));
