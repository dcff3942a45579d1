import { SECURITY_BASELINE } from '../../api/names.ts';
import { FACT_KINDS, factsOf } from '../../core/facts/factsOf.ts';
import type { NamespaceBody } from '../../core/model/bodies.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import { keyOf } from '../../k8s/ref.ts';
import type { ManifestDocument } from '../files/documents.ts';
import { fileIndex } from '../files/fileIndex.ts';
import { objectMistakes } from '../schema/objectMistakes.ts';
import type { Terminal } from '../terminal.ts';
import { aggregated } from './aggregated.ts';
import type { ManifestObject } from './manifestObject.ts';
import { DEFAULT_NAMESPACE, entryOfManifest, manifestObject, NAME_LABEL } from './manifestObject.ts';
import { readManifests } from './readManifests.ts';
import type { World, WorldFlags } from './world.ts';

/** Objects of files, each with where it stands. */
export interface FileObjects {
  readonly entries: readonly Entry[];
  readonly documents: ReadonlyMap<string, ManifestDocument>;
}

/** What an API server would keep of documents; what it would refuse of our API is not there for it. */
export function objectsOf(documents: readonly ManifestDocument[], namespace = DEFAULT_NAMESPACE): FileObjects {
  const read = documents
    .filter((document) => objectMistakes(document.value).length === 0)
    .flatMap((document) => manifestObject(document, namespace) ?? []);
  const whole = aggregated(read.map(({ object }) => object));
  const kept = read.flatMap((one, index): readonly [Entry, ManifestDocument][] => {
    const entry = entryOfManifest({ ...one, object: whole[index] ?? one.object } satisfies ManifestObject);
    return entry === undefined ? [] : [[entry, one.document]];
  });
  return {
    entries: kept.map(([entry]) => entry),
    documents: new Map(kept.map(([entry, document]) => [keyOf(entry), document])),
  };
}

/** The world of files alone: what they do not hold is not known. */
export async function fileWorld(
  documents: readonly ManifestDocument[],
  flags: WorldFlags,
  terminal: Terminal,
): Promise<World> {
  const objects = objectsOf(documents, flags.namespace);
  const known = await factEntries(flags.facts ?? [], terminal);
  // What is told of the cluster gives way to what the files themselves hold.
  return worldOf(fileIndex([...known, ...withNamespaces(objects.entries, flags)]), undefined, objects, flags);
}

export function worldOf(
  index: ObjectIndex,
  served: readonly string[] | undefined,
  { documents }: FileObjects,
  { operatorNamespace }: WorldFlags,
): World {
  return {
    index,
    facts: factsOf(index, served, undefined),
    namespaces: ([...index.ofKind('Namespace')] as readonly Entry<NamespaceBody>[]).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    ),
    ownNamespace: operatorNamespace,
    documentOf: (ref) => documents.get(keyOf(ref)),
  };
}

const FACTS: ReadonlySet<string> = new Set(Object.values(FACT_KINDS).flat());

/** Of files that tell of a cluster: what facts are read from, and nothing else. */
async function factEntries(paths: readonly string[], terminal: Terminal): Promise<readonly Entry[]> {
  if (paths.length === 0) return [];
  const { documents } = await readManifests(paths, terminal);
  return objectsOf(documents).entries.filter(({ kind }) => FACTS.has(kind));
}

/**
 * With a namespace for each that objects are in, and the one that flags name: a namespace without a manifest has the label
 * that each has, and those that flags give it.
 */
export function withNamespaces(entries: readonly Entry[], flags: WorldFlags): readonly Entry[] {
  const declared = new Map(entries.filter(({ kind }) => kind === 'Namespace').map((entry) => [entry.name, entry]));
  const implied = new Set(entries.filter(isTenants).map(({ namespace }) => namespace));
  if (flags.namespace !== undefined) implied.add(flags.namespace);
  const made = [...implied].map((name): Entry => {
    const entry = declared.get(name) ?? bareNamespace(name);
    const given = name === flags.namespace ? flags.namespaceLabels : {};
    return { ...entry, labels: { ...entry.labels, ...given } };
  });
  return [...entries, ...made];
}

/** Of the namespaces in which only facts are found nobody wants to know. */
const isTenants = ({ kind, namespace }: Entry): boolean =>
  namespace !== '' && !FACTS.has(kind) && kind !== SECURITY_BASELINE.kind;

const bareNamespace = (name: string): Entry<NamespaceBody> => ({
  kind: 'Namespace',
  namespace: '',
  name,
  uid: name,
  resourceVersion: '',
  labels: { [NAME_LABEL]: name },
  annotations: {},
  deleting: false,
  owned: false,
  finalizers: [],
  manager: '',
  body: { createdAt: '' },
});
