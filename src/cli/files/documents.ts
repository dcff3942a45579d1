import type { Document } from 'yaml';
import { parseAllDocuments } from 'yaml';
import { grouped } from '../../k8s/grouped.ts';
import { list, record, text } from '../../k8s/json.ts';
import { documentValue, isEmpty, jsonIn, twiceIn } from './documentValue.ts';
import { KUBERNETES_YAML } from './kubernetesYaml.ts';
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
   * Undefined: it is one of the `items` of a list. Made when it is asked for: the lines before all documents of a large
   * file are many times the file.
   */
  text(): string | undefined;
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

/** The objects of a file, in their order: several documents, and lists taken apart. */
export function documentsOf({ name: file, isNamed, content }: Omit<SourceFile, 'real'>): readonly ReadDocument[] {
  if ('unreadable' in content) {
    return [{ type: 'broken', file, isNamed, text: '', position: BEGIN, message: content.unreadable }];
  }
  const { text: whole } = content;
  const at = positionsIn(whole);
  const json = /^\s*\{/.test(whole) ? jsonIn(whole.replace(BOM, ' ')) : undefined;
  const isJson = json !== undefined && 'value' in json;
  const odd = isJson ? -1 : whole.search(ODD_END);
  if (odd >= 0) return [{ type: 'broken', file, isNamed, text: whole, position: at(odd), message: oddEnd(whole, odd) }];
  const parsed = parseAllDocuments(whole, KUBERNETES_YAML);
  const ends = parsed.map(({ range }) => range[2]);
  const filled = parsed
    .map((document, index) => ({ document, index }))
    .filter(({ document }) => !isEmpty(document))
    .slice(0, isJson ? 1 : undefined);
  return filled.flatMap(({ document, index }): readonly ReadDocument[] => {
    const read = documentValue(document, json);
    if ('broken' in read) {
      const message = `${read.broken}${isTemplate(whole, document) ? NOT_RENDERED : ''}`;
      return [{ type: 'broken', file, isNamed, text: whole, position: at(read.offset), message }];
    }
    // A server gets the file as it is; what comes by a pipe is no file.
    const isWhole = isJson || parsed.length === 1 || (filled.length === 1 && file !== STDIN);
    const own = (): string => (isWhole ? whole : textOf(whole, ends[index - 1] ?? 0, document.range[2]));
    const placeOf = placesIn(document);
    let positions: ((offset: number) => Position) | undefined;
    return itemsOf({
      type: 'document',
      file,
      isNamed,
      value: read.value,
      text: own,
      of: file === STDIN ? 1 : filled.length,
      positionOf: (path) => at(placeOf(path)),
      positionAt: (offset) => {
        positions ??= isWhole ? at : positionsIn(own());
        return positions(offset);
      },
      twice: once(() => twiceIn(document).map(({ name, offset }) => ({ name, position: at(offset) }))),
    });
  });
}

/** What ends a line by YAML 1.1, and not for this parser: what is a comment here would be a field there. */
const ODD_END = /\r(?!\n)|[\u0085\u2028\u2029]/;

const oddEnd = (text: string, at: number): string =>
  `the character U+${text.charCodeAt(at).toString(16).toUpperCase()} ends a line for Kubernetes: write a line end instead`;

/** The mark of the byte order, which editors put before a text and JSON does not know. */
const BOM = /^\ufeff/;

const NOT_RENDERED =
  '; it holds {{, as templates do: render it first, as in helm template CHART | drawbridge check … -';

const isTemplate = (whole: string, { range }: Document.Parsed): boolean =>
  whole.slice(range[0], range[2]).includes('{{');

/** What stands between the end of the document before and its own. */
function textOf(whole: string, begin: number, end: number): string {
  const lines = whole.slice(0, begin).split('\n').length - 1;
  return `${'\n'.repeat(lines)}${whole.slice(begin, end)}`;
}

/**
 * What `kubectl get -o yaml` writes: the objects of its list, each by itself. A list of one kind, as a server gives it, says of
 * the kind what its objects do not.
 */
function itemsOf(document: ManifestDocument): readonly ManifestDocument[] {
  const { apiVersion, kind, metadata, items } = record(document.value);
  const isList = text(kind).endsWith('List') && text(record(metadata).name) === '';
  // Go writes a list of nothing as null.
  const hasItems = Array.isArray(items) || items === null || (items === undefined && kind === 'List');
  if (!isList || !hasItems) return [document];
  const begins = list(items).map((_item, index) => document.positionOf(`items[${index}]`));
  const ownerOf = (position: Position): number => begins.findLastIndex((begin) => !isBefore(position, begin));
  const itemKind = text(kind).slice(0, -'List'.length);
  // Each is asked, and a list may have thousands: all are looked at once.
  const twice = once(() => grouped(document.twice(), ({ position }) => ownerOf(position)));
  return list(items).flatMap((value, index) =>
    itemsOf({
      ...document,
      value:
        itemKind === '' || record(value).kind !== undefined ? value : { apiVersion, kind: itemKind, ...record(value) },
      text: () => undefined,
      positionOf: (path) => document.positionOf(path === '' ? `items[${index}]` : `items[${index}].${path}`),
      twice: () => twice().get(index) ?? [],
    }),
  );
}

/** Found out when it is asked for the first time. */
function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => {
    found ??= { value: find() };
    return found.value;
  };
}

const isBefore = (a: Position, b: Position): boolean => a.line < b.line || (a.line === b.line && a.column < b.column);
