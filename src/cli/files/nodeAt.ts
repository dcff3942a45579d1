import type { Document, Node, Pair, YAMLMap } from 'yaml';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';

/**
 * Where in its file a document has what a JSON path leads to (`rules[2].verbs[0]`), as an offset: of a field its name, of an
 * entry of a list the entry. Where the path leads nowhere, because something is missing, of the last that is there.
 */
export function placesIn(document: Document.Parsed): (path: string) => number {
  const fieldsOf = fieldsByName();
  return (path) => {
    let node: unknown = document.contents;
    let offset = isPlaced(node) ? node.range[0] : document.range[0];
    let rest = path;
    while (rest !== '') {
      const step = stepInto(isAlias(node) ? node.resolve(document) : node, rest, fieldsOf);
      if (step === undefined) return offset;
      if (isPlaced(step.at)) offset = step.at.range[0];
      node = step.into;
      rest = step.rest;
    }
    return offset;
  };
}

interface Step {
  readonly at: unknown;
  readonly into: unknown;
  readonly rest: string;
}

type FieldsOf = (map: YAMLMap) => ReadonlyMap<string, Pair>;

function stepInto(node: unknown, path: string, fieldsOf: FieldsOf): Step | undefined {
  const [entry, index] = /^\[(\d+)\]\.?/.exec(path) ?? [];
  if (isSeq(node) && entry !== undefined) {
    const item = node.items[Number(index)];
    return item === undefined ? undefined : { at: item, into: item, rest: path.slice(entry.length) };
  }
  if (!isMap(node)) return undefined;
  for (const name of namesIn(path)) {
    const pair = fieldsOf(node).get(name);
    if (pair !== undefined) return { at: pair.key, into: pair.value, rest: path.slice(name.length).replace(/^\./, '') };
  }
  return undefined;
}

/** What may be a name at the begin of a path. A name may hold dots, as those of labels do: the longest is meant. */
const namesIn = (path: string): readonly string[] => [
  path,
  ...[...path.matchAll(/[.[]/g)].map(({ index }) => path.slice(0, index)).reverse(),
];

/** A policy may have as many mistakes as fields: each map is gone through once. */
function fieldsByName(): FieldsOf {
  const known = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();
  return (map) => {
    const fields = known.get(map) ?? new Map(map.items.map((pair) => [nameOf(pair), pair]));
    known.set(map, fields);
    return fields;
  };
}

const nameOf = ({ key }: Pair): string => (isScalar(key) ? String(key.value) : '');

const isPlaced = (node: unknown): node is Node & { readonly range: readonly [number, number, number] } =>
  typeof node === 'object' && node !== null && Array.isArray((node as Node).range);
