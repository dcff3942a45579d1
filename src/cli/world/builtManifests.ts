import { record, text } from '../../k8s/json.ts';
import { UsageError } from '../exitCodes.ts';
import type { ManifestDocument, ReadDocument } from '../files/documents.ts';
import { documentsOf } from '../files/documents.ts';
import { kustomizationParts } from '../files/kustomizationParts.ts';
import { buildKustomization, isChart, kustomizationIn } from '../files/kustomize.ts';
import { BEGIN } from '../files/position.ts';
import { printable } from '../printable.ts';
import { someOf } from '../someOf.ts';
import type { Reading } from './reading.ts';
import { documentsIn } from './reading.ts';

/**
 * What kustomize makes of a directory; undefined where it is no kustomization.
 * @throws UsageError where it is a chart, or would have to be fetched
 */
export async function builtAt(path: string, reading: Reading): Promise<readonly ReadDocument[] | undefined> {
  const { terminal } = reading;
  const { directory } = terminal;
  if (path === '-') return undefined;
  if (await isChart(path, directory)) {
    throw new UsageError(`${path} is a Helm chart: write helm template ${path} | drawbridge … -`);
  }
  const kustomization = await kustomizationIn(path, directory);
  if (kustomization === undefined) return undefined;
  const { local, remote } = await kustomizationParts(path, directory);
  if (remote !== undefined) {
    throw new UsageError(`${remote} is remote, and nothing is fetched: write kustomize build ${path} | drawbridge … -`);
  }
  const text = await buildKustomization(path, directory);
  const built = documentsOf({ name: kustomization, isNamed: true, content: { text } });
  const apart: Reading = { ...reading, named: new Set(), unbuilt: new Map(), files: new Map() };
  const own = await documentsIn(path, apart);
  for (const part of local) await documentsIn(part, apart);
  const sources = [...apart.files.values()].flat();
  const unused = own.filter((one) => isObject(one) && !built.some((other) => isMadeOf(other, one)));
  if (unused.length > 0) {
    terminal.log(
      `${path}: kustomize makes nothing of ${someOf([...new Set(unused.map(({ file }) => printable(file)))])}`,
    );
  }
  return built.map((document) => (document.type === 'broken' ? document : placedIn(sources, document)));
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
