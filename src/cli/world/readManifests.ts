import { resolve } from 'node:path';
import { record, text } from '../../k8s/json.ts';
import { UsageError } from '../exitCodes.ts';
import type { BrokenDocument, ManifestDocument, ReadDocument } from '../files/documents.ts';
import { documentsOf } from '../files/documents.ts';
import { buildKustomization, isChart, kustomizationIn } from '../files/kustomize.ts';
import { BEGIN } from '../files/position.ts';
import { remoteIn } from '../files/remoteBases.ts';
import { readSources } from '../files/sourceFile.ts';
import type { Unbuilt } from '../files/unbuilt.ts';
import { unbuiltIn } from '../files/unbuilt.ts';
import { printable } from '../printable.ts';
import type { Terminal } from '../terminal.ts';

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
  const reading: Reading = { terminal, ignore, named, unbuilt: new Map(), files: new Map() };
  const built: ReadDocument[] = [];
  const empty: string[] = [];
  for (const path of new Set(paths)) {
    const before = reading.unbuilt.size;
    const objects = await builtAt(path, reading);
    built.push(...(objects ?? []));
    const found = objects ?? (await documentsIn(path, reading));
    if (found.length === 0 && reading.unbuilt.size === before) empty.push(path);
  }
  const read = [...built, ...[...reading.files.values()].flat()];
  const broken = read.filter((one): one is BrokenDocument => one.type === 'broken');
  const meant = broken.filter(mayBeManifest);
  const passedOver = new Set(broken.filter((one) => !meant.includes(one)).map(({ file }) => file));
  if (passedOver.size > 0) {
    terminal.log(`passed over what cannot be read, and speaks of no object: ${some([...passedOver].map(printable))}`);
  }
  const documents = read.filter((one): one is ManifestDocument => one.type === 'document');
  const files = read.map(({ file }) => printable(file));
  return { documents, broken: meant, unbuilt: [...reading.unbuilt.values()], files, empty };
}

interface Reading {
  readonly terminal: Terminal;
  readonly ignore: readonly string[];
  /** Whole paths of what is named: below another it is left to its own turn. */
  readonly named: ReadonlySet<string>;
  /** By their place. */
  readonly unbuilt: Map<string, Unbuilt>;
  /** What each file on the disk holds, however often it is named. */
  readonly files: Map<string, readonly ReadDocument[]>;
}

const SHOWN = 5;

/** A few of them, and how many more there are. */
export const some = (names: readonly string[]): string =>
  `${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''}`;

/** What cannot be read is in doubt a manifest; in a directory it is none where it has not the fields that each has. */
const mayBeManifest = ({ isNamed, text: content }: BrokenDocument): boolean =>
  isNamed || content === '' || (/\bapiVersion\b/.test(content) && /\bkind\b/.test(content));

/** What kustomize makes of a directory; undefined where it is no kustomization. */
async function builtAt(path: string, reading: Reading): Promise<readonly ReadDocument[] | undefined> {
  const { terminal } = reading;
  const { directory } = terminal;
  if (path === '-') return undefined;
  if (await isChart(path, directory)) {
    throw new UsageError(`${path} is a Helm chart: write helm template ${path} | drawbridge … -`);
  }
  const kustomization = await kustomizationIn(path, directory);
  if (kustomization === undefined) return undefined;
  const remote = await remoteIn(path, directory);
  if (remote !== undefined) {
    throw new UsageError(`${remote} is remote, and nothing is fetched: write kustomize build ${path} | drawbridge … -`);
  }
  const text = await buildKustomization(path, directory);
  const built = documentsOf({ name: kustomization, isNamed: true, content: { text } });
  const sources = await documentsIn(path, { ...reading, unbuilt: new Map(), files: new Map() });
  const unused = sources.filter((one) => isObject(one) && !built.some((other) => isMadeOf(other, one)));
  if (unused.length > 0) {
    terminal.log(
      `${path}: kustomize makes nothing of ${some([...new Set(unused.map(({ file }) => printable(file)))])}`,
    );
  }
  return built.map((document) => (document.type === 'broken' ? document : placedIn(sources, document)));
}

async function documentsIn(path: string, reading: Reading): Promise<readonly ReadDocument[]> {
  const { terminal, ignore, named, unbuilt, files } = reading;
  const enters = async (below: string): Promise<boolean> => {
    if (named.has(resolve(terminal.directory, below))) return false;
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

/**
 * A built object stands where a file below the directory has one of its kind and name; prefixes and suffixes of names are
 * kustomize's. Where none has it, the kustomization itself is the place: it names what it takes from elsewhere.
 */
function placedIn(sources: readonly ReadDocument[], built: ManifestDocument): ManifestDocument {
  const candidates = sources.filter((one): one is ManifestDocument => isObject(one) && isMadeOf(built, one));
  const source = candidates.find((one) => nameOf(one) === nameOf(built)) ?? candidates[0];
  // What is built is one object after the other, whatever its files are.
  const at = { positionAt: () => BEGIN, twice: () => [], of: 1 };
  return source === undefined
    ? { ...built, ...at, positionOf: () => BEGIN }
    : { ...built, ...at, file: source.file, positionOf: (field) => source.positionOf(field) };
}

const isObject = (one: ReadDocument): one is ManifestDocument =>
  one.type === 'document' && kindOf(one) !== '' && nameOf(one) !== '';

const isMadeOf = (built: ReadDocument, source: ManifestDocument): boolean =>
  built.type === 'document' && kindOf(built) === kindOf(source) && nameOf(built).includes(nameOf(source));

const kindOf = ({ value }: ManifestDocument): string => text(record(value).kind);
const nameOf = ({ value }: ManifestDocument): string => text(record(record(value).metadata).name);
