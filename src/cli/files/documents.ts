import type { Document } from 'yaml';
import { isMap, isNode, isScalar, parseAllDocuments, visit } from 'yaml';
import { list, record, text } from '../../k8s/json.ts';
import { placesIn } from './nodeAt.ts';
import type { Position } from './position.ts';
import { BEGIN, positionsIn } from './position.ts';
import type { SourceFile } from './sourceFile.ts';
import { STDIN } from './sourceFile.ts';

/** One object of a file. */
export interface ManifestDocument {
  readonly type: 'document';
  readonly file: string;
  /** Somebody named the file. */
  readonly isNamed: boolean;
  readonly value: unknown;
  /**
   * The text that a server would be given: of the document alone, after as many line ends as there are lines before it.
   * Undefined: it is one of the `items` of a list.
   */
  readonly text: string | undefined;
  /** How many documents its file has; of a stream, 1. */
  readonly of: number;
  /** Of the path of a field, or of what of it is there. */
  positionOf(path: string): Position;
  /** Of a place in `text`. */
  positionAt(offset: number): Position;
  /** Keys that stand twice, of which a server takes the last. */
  twice(): readonly { readonly name: string; readonly position: Position }[];
}

/** What cannot be read as YAML or JSON. */
export interface BrokenDocument {
  readonly type: 'broken';
  readonly file: string;
  readonly isNamed: boolean;
  /** All of its file, to see what it may have been meant for; `''` where it is not text at all. */
  readonly text: string;
  readonly position: Position;
  readonly message: string;
}

export type ReadDocument = ManifestDocument | BrokenDocument;

const MAX_ALIASES = 100;
/** Each costs the parser a look at all the others. */
const MAX_ANCHORS = 1_000;

/** The objects of a file, in their order: several documents, and lists taken apart. YAML is read by version 1.1, as by Kubernetes. */
export function documentsOf({ name: file, isNamed, content }: SourceFile): readonly ReadDocument[] {
  if ('unreadable' in content) {
    return [{ type: 'broken', file, isNamed, text: '', position: BEGIN, message: content.unreadable }];
  }
  const { text: whole } = content;
  const at = positionsIn(whole);
  const brokenAt = (offset: number, message: string): BrokenDocument => ({
    type: 'broken',
    file,
    isNamed,
    text: whole,
    position: at(offset),
    message,
  });
  const isJson = /^\s*\{/.test(whole);
  const parsed = parseAllDocuments(whole, { version: '1.1', uniqueKeys: false, prettyErrors: false });
  const filled = parsed.filter((document) => document.errors.length > 0 || !isEmpty(document));
  return filled.flatMap((document, index): readonly ReadDocument[] => {
    const [error] = document.errors;
    if (error !== undefined && !isJson) return [brokenAt(error.pos[0], firstLine(error.message))];
    const value = readValue(document, isJson ? whole : undefined);
    if ('broken' in value) return [brokenAt(value.offset ?? document.range[0], value.broken)];
    // A server gets the file as it is; what comes by a pipe is no file.
    const isWhole = isJson || parsed.length === 1 || (filled.length === 1 && file !== STDIN);
    const own = isWhole ? whole : textOf(whole, parsed, document);
    const placeOf = placesIn(document);
    const base: ManifestDocument = {
      type: 'document',
      file,
      isNamed,
      value: value.value,
      text: own,
      of: isJson || file === STDIN ? 1 : filled.length,
      positionOf: (path) => at(placeOf(path)),
      positionAt: own === whole ? at : positionsIn(own),
      twice: () => twiceIn(document).map(({ name, offset }) => ({ name, position: at(offset) })),
    };
    return isJson && index > 0 ? [] : itemsOf(base);
  });
}

/** What stands between two `---` of which nobody needed the second. */
const isEmpty = ({ contents }: Document.Parsed): boolean =>
  contents === null || (isScalar(contents) && contents.source === '');

type Value = { readonly value: unknown } | { readonly broken: string; readonly offset: number | undefined };

function readValue(document: Document.Parsed, json: string | undefined): Value {
  try {
    if (json !== undefined) return { value: JSON.parse(json) };
    if (anchorsIn(document) > MAX_ANCHORS) {
      return { broken: `it has more than ${MAX_ANCHORS} anchors: write it out`, offset: undefined };
    }
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    const broken = firstLine(error instanceof Error ? error.message : String(error));
    // Of JSON: `… in JSON at position 7 (line 1 column 8)`.
    const [, offset] = /at position (\d+)/.exec(broken) ?? [];
    return { broken, offset: offset === undefined ? undefined : Number(offset) };
  }
}

const firstLine = (message: string): string => message.split('\n')[0] ?? '';

function anchorsIn(document: Document.Parsed): number {
  let count = 0;
  visit(document, {
    Value: (_key, node) => {
      if (node.anchor !== undefined) count += 1;
    },
  });
  return count;
}

/** What stands between the end of the document before and its own. */
function textOf(whole: string, all: readonly Document.Parsed[], document: Document.Parsed): string {
  const begin = all[all.indexOf(document) - 1]?.range[2] ?? 0;
  const lines = whole.slice(0, begin).split('\n').length - 1;
  const own = whole.slice(begin, document.range[2]);
  return `${'\n'.repeat(lines)}${own}`;
}

/** What `kubectl get -o yaml` writes: the objects of its list, each by itself. */
function itemsOf(document: ManifestDocument): readonly ManifestDocument[] {
  const { kind, items } = record(document.value);
  if (!text(kind).endsWith('List') || !Array.isArray(items)) return [document];
  return list(items).map((value, index) => ({
    ...document,
    value,
    text: undefined,
    positionOf: (path) => document.positionOf(path === '' ? `items[${index}]` : `items[${index}].${path}`),
    twice: index === 0 ? document.twice : () => [],
  }));
}

function twiceIn(document: Document.Parsed): readonly { readonly name: string; readonly offset: number }[] {
  const found: { readonly name: string; readonly offset: number }[] = [];
  visit(document, {
    Map: (_at, node) => {
      const names = new Set<unknown>();
      for (const { key } of isMap(node) ? node.items : []) {
        if (!isScalar(key)) continue;
        if (names.has(key.value))
          found.push({ name: String(key.value), offset: isNode(key) ? (key.range?.[0] ?? 0) : 0 });
        names.add(key.value);
      }
    },
  });
  return found;
}
