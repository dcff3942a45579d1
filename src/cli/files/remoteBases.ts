import { readFile, stat } from 'node:fs/promises';
import { posix, resolve } from 'node:path';
import { list, record, text } from '../../k8s/json.ts';
import type { ManifestDocument } from './documents.ts';
import { documentsOf } from './documents.ts';
import { kustomizationIn } from './kustomize.ts';

/** Fields of a kustomization that name other files and directories. */
const FIELDS = ['resources', 'bases', 'components', 'crds', 'generators', 'transformers', 'validators'] as const;

/**
 * The first thing that a kustomization, or one that it stands on, would have kustomize fetch: `FILE:LINE:COLUMN: URL`.
 * A check fetches nothing: who may change a manifest must not choose what its runner talks to.
 */
export async function remoteIn(path: string, directory: string, seen = new Set<string>()): Promise<string | undefined> {
  const file = await kustomizationIn(path, directory);
  const real = resolve(directory, path);
  if (file === undefined || seen.has(real)) return undefined;
  seen.add(real);
  const content = { text: await readFile(resolve(directory, file), 'utf8') };
  for (const document of documentsOf({ name: file, isNamed: true, content })) {
    // Of what cannot be read kustomize itself will say so.
    if (document.type === 'broken') continue;
    const found = await remoteOf(document, path, directory, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function remoteOf(
  document: ManifestDocument,
  path: string,
  directory: string,
  seen: Set<string>,
): Promise<string | undefined> {
  for (const field of FIELDS) {
    for (const [index, entry] of list(record(document.value)[field]).entries()) {
      const place = text(entry);
      const there = posix.join(path, place);
      const local = await stat(resolve(directory, there)).catch(() => undefined);
      if (local === undefined && isRemote(place)) {
        const { line, column } = document.positionOf(`${field}[${index}]`);
        return `${document.file}:${line}:${column}: ${place}`;
      }
      const below = local?.isDirectory() === true ? await remoteIn(there, directory, seen) : undefined;
      if (below !== undefined) return below;
    }
  }
  return undefined;
}

/** As kustomize takes them: URLs, scp-like places of git, and hosts with a path (api/internal/git/repospec.go). */
const isRemote = (place: string): boolean =>
  /^[a-z][a-z0-9+.-]*:/i.test(place) || /^[\w.-]+@[\w.-]+[:/]/.test(place) || /^[\w-]+(\.[\w-]+)+\/./.test(place);
