import { readFile, stat } from 'node:fs/promises';
import { posix, resolve } from 'node:path';
import { list, record, text } from '../../k8s/json.ts';
import { documentsOf } from './documents.ts';
import { kustomizationIn } from './kustomize.ts';

/** What a kustomization stands on, and those that it stands on. */
export interface KustomizationParts {
  /** Files and directories on the disk, as paths from where the command runs. */
  readonly local: ReadonlySet<string>;
  /**
   * The first thing that kustomize would have to fetch: `FILE:LINE:COLUMN: URL`. A check fetches nothing: who may change a
   * manifest must not choose what its runner talks to.
   */
  readonly remote: string | undefined;
}

/** Fields of a kustomization that name other files and directories. */
const FIELDS = ['resources', 'bases', 'components', 'crds', 'generators', 'transformers', 'validators'] as const;

/** @param path a directory, as a path from `directory` */
export async function kustomizationParts(path: string, directory: string): Promise<KustomizationParts> {
  const local = new Set<string>();
  let remote: string | undefined;
  const next = [path];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    for (const { place, where } of await namedIn(at, directory)) {
      const there = posix.join(at, place);
      const found = await stat(resolve(directory, there)).catch(() => undefined);
      if (found === undefined && isRemote(place)) remote ??= `${where}: ${place}`;
      if (found === undefined || local.has(there)) continue;
      local.add(there);
      if (found.isDirectory()) next.push(there);
    }
  }
  return { local, remote };
}

interface NamedPlace {
  readonly place: string;
  readonly where: string;
}

/** What cannot be read kustomize itself complains of. */
async function namedIn(path: string, directory: string): Promise<readonly NamedPlace[]> {
  const file = await kustomizationIn(path, directory);
  if (file === undefined) return [];
  const content = { text: await readFile(resolve(directory, file), 'utf8') };
  return documentsOf({ name: file, isNamed: true, content }).flatMap((document) =>
    document.type === 'broken'
      ? []
      : FIELDS.flatMap((field) =>
          list(record(document.value)[field]).map((entry, index) => {
            const { line, column } = document.positionOf(`${field}[${index}]`);
            return { place: text(entry), where: `${file}:${line}:${column}` };
          }),
        ),
  );
}

/** As kustomize takes them: URLs, scp-like places of git, and hosts with a path (api/internal/git/repospec.go). */
const isRemote = (place: string): boolean =>
  /^[a-z][a-z0-9+.-]*:/i.test(place) || /^[\w.-]+@[\w.-]+[:/]/.test(place) || /^[\w-]+(\.[\w-]+)+\/./.test(place);
