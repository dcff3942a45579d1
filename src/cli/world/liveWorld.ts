import { filter, lastValueFrom, map, toArray } from 'rxjs';
import { BASELINE_REPORT, SECURITY_BASELINE } from '../../api/names.ts';
import { SECTIONS } from '../../api/types.ts';
import { controls } from '../../controls/index.ts';
import { FACT_KINDS } from '../../core/facts/factsOf.ts';
import type { KindRow } from '../../core/kinds/kinds.ts';
import { kindRow } from '../../core/kinds/kinds.ts';
import type { BaselineBody } from '../../core/model/bodies.ts';
import type { Entry } from '../../k8s/entry.ts';
import { keyOf } from '../../k8s/ref.ts';
import { loadClusterAccess } from '../../kube/config.ts';
import { servedGroups } from '../../kube/discovery.ts';
import { KubeError } from '../../kube/errors.ts';
import { listPages } from '../../kube/listWatch.ts';
import type { Transport } from '../../kube/transport.ts';
import { createTransport } from '../../kube/transport.ts';
import { BASE_KINDS, kindsOfSection } from '../../operator/sections.ts';
import { VERSION } from '../../version.ts';
import { UsageError } from '../exitCodes.ts';
import type { ManifestDocument } from '../files/documents.ts';
import { fileIndex } from '../files/fileIndex.ts';
import { objectsOf } from './fileObjects.ts';
import { withNamespaces, worldOf } from './fileWorld.ts';
import type { ClusterFlags, World, WorldFlags } from './world.ts';

/**
 * A cluster as it is now, with what files hold laid over it: as if they had been applied. Reads, and writes nothing.
 * @throws UsageError where it may not be read
 */
export async function liveWorld(
  documents: readonly ManifestDocument[],
  flags: WorldFlags & ClusterFlags,
  now: string,
): Promise<World> {
  const { kubeconfig, context } = flags;
  const access = loadClusterAccess({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  const transport = createTransport(access, { userAgent: `drawbridge/${VERSION}` });
  try {
    const groups = (await servedGroups(transport)).map(({ group }) => group);
    const lists = await Promise.all(KINDS_READ.map((kind) => listed(transport, kindRow(kind), flags.namespace)));
    const objects = objectsOf(documents, flags.namespace);
    const live = lists.flat();
    requireNamespace(flags, [...live, ...objects.entries]);
    const whole = withNamespaces([...live, ...overlaid(live, objects.entries)], flags);
    return worldOf(fileIndex(whole), groups, objects, { ...flags, now });
  } finally {
    await transport.close();
  }
}

/** A name that is mistyped would be a namespace in which nothing is wrong. One that is to come has labels to be judged by. */
function requireNamespace({ namespace, namespaceLabels }: WorldFlags, entries: readonly Entry[]): void {
  if (namespace === undefined || namespaceLabels !== undefined) return;
  if (entries.some(({ kind, name }) => kind === 'Namespace' && name === namespace)) return;
  throw new UsageError(`there is no namespace ${namespace}`);
}

/** What the operator watches when all sections are in use. */
const KINDS_READ: readonly string[] = [
  ...new Set([...BASE_KINDS, ...SECTIONS.flatMap((section) => kindsOfSection(controls, section))]),
];
const FACTS: ReadonlySet<string> = new Set(Object.values(FACT_KINDS).flat());
const PAGE = 500;

/** Of one namespace alone where that is asked for, but for what facts are read from. */
async function listed(transport: Transport, row: KindRow, namespace: string | undefined): Promise<readonly Entry[]> {
  const isNarrow = namespace !== undefined && row.namespaced && !FACTS.has(row.kind);
  const entries = listPages(transport, isNarrow ? { ...row, namespace } : row, PAGE).pipe(
    map((event) => (event.type === 'apply' ? event.entry : undefined)),
    filter((entry) => entry !== undefined),
    toArray(),
  );
  try {
    return await lastValueFrom(entries);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    // Before the CRDs are there, baselines in files can be tried out all the same.
    if (error.status === 404) return [];
    if (error.status === 403) throw new UsageError(`${row.plural} may not be listed: ${error.serverMessage}`);
    throw error;
  }
}

/** What is applied keeps who it is, and how old; an edited baseline has another generation. */
function overlaid(live: readonly Entry[], entries: readonly Entry[]): readonly Entry[] {
  const known = new Map(live.map((entry) => [keyOf(entry), entry]));
  return entries
    .filter(({ kind }) => kind !== BASELINE_REPORT.kind)
    .map((entry) => {
      const before = known.get(keyOf(entry));
      if (before === undefined) return entry;
      const { uid, resourceVersion } = before;
      const next = { ...entry, uid, resourceVersion };
      return entry.kind === SECURITY_BASELINE.kind ? { ...next, body: edited(before.body, entry.body) } : next;
    });
}

const edited = (before: unknown, after: unknown): BaselineBody => {
  const { generation, createdAt } = before as BaselineBody;
  return { ...(after as BaselineBody), generation: generation + 1, createdAt };
};
