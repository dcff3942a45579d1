import { GROUP } from '../../api/names.ts';
import { record, text } from '../../k8s/json.ts';
import { UsageError } from '../exitCodes.ts';
import type { BrokenDocument, ManifestDocument, ReadDocument } from '../files/documents.ts';
import { documentsOf } from '../files/documents.ts';
import { buildKustomization, isChart, kustomizationIn } from '../files/kustomize.ts';
import { BEGIN } from '../files/position.ts';
import { readSources } from '../files/sourceFile.ts';
import { printable } from '../printable.ts';
import type { Terminal } from '../terminal.ts';

/** What files hold. */
export interface ReadManifests {
  readonly documents: readonly ManifestDocument[];
  /** Of what somebody named, or what may be about us. */
  readonly broken: readonly BrokenDocument[];
}

/**
 * Reads files, directories, and `-`; a directory that is a kustomization is built.
 * @throws UsageError where one is not there, or is a chart
 */
export async function readManifests(paths: readonly string[], terminal: Terminal): Promise<ReadManifests> {
  const read: ReadDocument[] = [];
  for (const path of paths) read.push(...(await documentsAt(path, terminal)));
  const broken = read.filter((one): one is BrokenDocument => one.type === 'broken');
  const meant = broken.filter(({ isNamed, text: content }) => isNamed || content.includes(GROUP));
  const passedOver = new Set(broken.filter((one) => !meant.includes(one)).map(({ file }) => file));
  if (passedOver.size > 0) {
    terminal.log(`passed over what cannot be read: ${[...passedOver].map(printable).slice(0, 5).join(', ')}`);
  }
  return { documents: read.filter((one): one is ManifestDocument => one.type === 'document'), broken: meant };
}

async function documentsAt(path: string, terminal: Terminal): Promise<readonly ReadDocument[]> {
  const { directory } = terminal;
  if (path !== '-' && (await isChart(path, directory))) {
    throw new UsageError(`${path} is a Helm chart: write helm template ${path} | drawbridge … -`);
  }
  const kustomization = path === '-' ? undefined : await kustomizationIn(path, directory);
  if (kustomization === undefined) return documentsIn(path, terminal);
  const built = documentsOf({
    name: kustomization,
    isNamed: true,
    content: { text: await buildKustomization(path, directory) },
  });
  const sources = await documentsIn(path, terminal);
  return built.map((document) => (document.type === 'broken' ? document : placedIn(sources, document)));
}

async function documentsIn(path: string, terminal: Terminal): Promise<readonly ReadDocument[]> {
  const documents: ReadDocument[] = [];
  for await (const source of readSources([path], terminal)) documents.push(...documentsOf(source));
  return documents;
}

/**
 * A built object stands where a file below the directory has one of its kind and name; prefixes and suffixes of names are
 * kustomize's. Where none has it, the kustomization itself is the place: it names what it takes from elsewhere.
 */
function placedIn(sources: readonly ReadDocument[], built: ManifestDocument): ManifestDocument {
  const candidates = sources.filter(
    (one): one is ManifestDocument => one.type === 'document' && kindOf(one) === kindOf(built),
  );
  const source =
    candidates.find((one) => nameOf(one) === nameOf(built)) ??
    candidates.find((one) => nameOf(one) !== '' && nameOf(built).includes(nameOf(one)));
  const at = { positionAt: () => BEGIN, twice: () => [] };
  return source === undefined
    ? { ...built, ...at, positionOf: () => BEGIN }
    : { ...built, ...at, file: source.file, positionOf: (field) => source.positionOf(field) };
}

const kindOf = ({ value }: ManifestDocument): string => text(record(value).kind);
const nameOf = ({ value }: ManifestDocument): string => text(record(record(value).metadata).name);
