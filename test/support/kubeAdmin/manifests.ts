import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { NewObject } from './object.ts';

/**
 * The objects of a YAML or JSON file, or of all such files of a directory (not of its subdirectories) by name. Lists are
 * taken apart; namespaces and CRDs come first, then ServiceAccounts, the rest as written.
 * @throws when a file cannot be read or parsed
 */
export function readManifests(path: string): readonly NewObject[] {
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => /\.(ya?ml|json)$/.test(name))
        .sort()
        .map((name) => join(path, name))
    : [path];
  return inOrder(files.flatMap(readFile));
}

/** Objects in an order in which they can be created. */
export function inOrder(objects: readonly NewObject[]): readonly NewObject[] {
  const rank = ({ kind }: NewObject): number =>
    ({ Namespace: 0, CustomResourceDefinition: 0, ServiceAccount: 1 })[kind] ?? 2;
  return objects.toSorted((a, b) => rank(a) - rank(b));
}

function readFile(path: string): readonly NewObject[] {
  return parseAllDocuments(readFileSync(path, 'utf8')).flatMap((document) => {
    if (document.errors.length > 0) throw new Error(`${path}: ${document.errors[0]?.message}`);
    const value = document.toJS();
    if (value === null) return [];
    return value.kind === 'List' ? value.items : [value];
  });
}
