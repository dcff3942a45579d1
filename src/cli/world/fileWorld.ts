import { FACT_KINDS, factsOf } from '../../core/facts/factsOf.ts';
import { OTHER_POLICY_GROUPS } from '../../core/facts/otherPolicyApis.ts';
import { WORKLOAD_KINDS } from '../../core/kinds/kinds.ts';
import type { NamespaceBody } from '../../core/model/bodies.ts';
import type { Entry } from '../../k8s/entry.ts';
import { record } from '../../k8s/json.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import { keyOf } from '../../k8s/ref.ts';
import { UsageError } from '../exitCodes.ts';
import type { ManifestDocument } from '../files/documents.ts';
import { fileIndex } from '../files/fileIndex.ts';
import { unreadableResult } from '../findings/documentResults.ts';
import { lineOf } from '../format/report.ts';
import type { Terminal } from '../terminal.ts';
import type { FileObjects } from './fileObjects.ts';
import { objectsOf } from './fileObjects.ts';
import { groupOf, NAME_LABEL } from './manifestObject.ts';
import { readManifests } from './readManifests.ts';
import type { World, WorldFlags } from './world.ts';

/** The world of files alone: what they do not hold is not known. */
export async function fileWorld(
  documents: readonly ManifestDocument[],
  flags: WorldFlags,
  terminal: Terminal,
): Promise<World> {
  const objects = objectsOf(documents, flags.namespace);
  const known = await factEntries(flags.facts ?? [], terminal);
  // What is told of the cluster gives way to what the files themselves hold.
  const index = fileIndex([...known, ...withNamespaces(objects.entries, flags)]);
  return worldOf(index, otherPolicyGroups(documents), objects, { ...flags, now: terminal.now() });
}

/**
 * Who writes policies of another API has a cluster that serves it. That files hold none says nothing of the cluster, which
 * nobody could change in them: it counts as none.
 */
function otherPolicyGroups(documents: readonly ManifestDocument[]): readonly string[] {
  const groups = new Set(documents.map(({ value }) => groupOf(record(value).apiVersion)));
  return OTHER_POLICY_GROUPS.filter((group) => groups.has(group));
}

export function worldOf(
  index: ObjectIndex,
  served: readonly string[],
  { documents, notJudged, doubles }: FileObjects,
  { operatorNamespace, now }: Pick<WorldFlags, 'operatorNamespace'> & Pick<World, 'now'>,
): World {
  return {
    index,
    now,
    notJudged,
    doubles,
    facts: factsOf(index, served, undefined),
    namespaces: ([...index.ofKind('Namespace')] as readonly Entry<NamespaceBody>[]).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    ),
    ownNamespace: operatorNamespace,
    documentOf: (ref) => documents.get(keyOf(ref)),
  };
}

const FACTS: ReadonlySet<string> = new Set(Object.values(FACT_KINDS).flat());

/**
 * Of files that tell of a cluster: what facts are read from, and nothing else.
 * @throws UsageError where one cannot be read, or tells nothing: what it would tell is not to be taken for unknown
 */
async function factEntries(paths: readonly string[], terminal: Terminal): Promise<readonly Entry[]> {
  if (paths.length === 0) return [];
  const { documents, broken, empty } = await readManifests(paths, terminal);
  if (broken.length > 0)
    throw new UsageError(broken.map((one) => `--facts: ${lineOf(unreadableResult(one))}`).join('\n'));
  if (empty.length > 0) throw new UsageError(`--facts: ${empty.join(', ')}: there is no object in it`);
  return objectsOf(documents).entries.filter(({ kind }) => FACTS.has(kind));
}

/**
 * With a namespace for each that objects are in, and the one that flags name: a namespace without a manifest has the label
 * that each has, and those that flags give it.
 * @throws UsageError where flags give labels and name no namespace: nothing would be judged by them, and nobody told
 */
export function withNamespaces(entries: readonly Entry[], flags: WorldFlags): readonly Entry[] {
  if (flags.namespaceLabels !== undefined && flags.namespace === undefined) {
    throw new UsageError('--namespace-labels: the labels of which namespace? Name it by -n');
  }
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

/** Of the namespaces in which only facts are found nobody wants to know; a DaemonSet may be a fact, and is a workload. */
const isTenants = ({ kind, namespace }: Entry): boolean =>
  namespace !== '' && (!FACTS.has(kind) || WORKLOAD_KINDS.includes(kind));

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
