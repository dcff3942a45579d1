import type { Document, Node, Pair } from 'yaml';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';

/**
 * The offset in its file of what a JSON path leads to (`rules[2].verbs[0]`): of a field its name, of an entry of a list the
 * entry. Where the path leads nowhere, because something is missing, of the last that is there.
 */
export function offsetAt(document: Document.Parsed, path: string): number {
  let node: unknown = document.contents;
  let offset = isPlaced(node) ? node.range[0] : document.range[0];
  let rest = path;
  while (rest !== '') {
    const step = stepInto(isAlias(node) ? node.resolve(document) : node, rest);
    if (step === undefined) return offset;
    if (isPlaced(step.at)) offset = step.at.range[0];
    node = step.into;
    rest = step.rest;
  }
  return offset;
}

interface Step {
  readonly at: unknown;
  readonly into: unknown;
  readonly rest: string;
}

function stepInto(node: unknown, path: string): Step | undefined {
  const [entry, index] = /^\[(\d+)\]\.?/.exec(path) ?? [];
  if (isSeq(node) && entry !== undefined) {
    const item = node.items[Number(index)];
    return item === undefined ? undefined : { at: item, into: item, rest: path.slice(entry.length) };
  }
  if (!isMap(node)) return undefined;
  // A name may hold dots, as those of labels do: the longest that fits is meant.
  const pair = node.items
    .filter((one) => isFirst(nameOf(one), path))
    .sort((a, b) => nameOf(b).length - nameOf(a).length)[0];
  if (pair === undefined) return undefined;
  return { at: pair.key, into: pair.value, rest: path.slice(nameOf(pair).length).replace(/^\./, '') };
}

const nameOf = ({ key }: Pair): string => (isScalar(key) ? String(key.value) : '');

const isFirst = (name: string, path: string): boolean =>
  name !== '' && path.startsWith(name) && /^($|\.|\[)/.test(path.slice(name.length));

const isPlaced = (node: unknown): node is Node & { readonly range: readonly [number, number, number] } =>
  typeof node === 'object' && node !== null && Array.isArray((node as Node).range);
