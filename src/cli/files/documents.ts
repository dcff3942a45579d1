import { parseAllDocuments } from 'yaml';
import { list, record, text } from '../../k8s/json.ts';
import { documentValue, isEmpty, twiceIn } from './documentValue.ts';
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

/** The objects of a file, in their order: several documents, and lists taken apart. YAML is read by version 1.1, as by Kubernetes. */
export function documentsOf({ name: file, isNamed, content }: SourceFile): readonly ReadDocument[] {
  if ('unreadable' in content) {
    return [{ type: 'broken', file, isNamed, text: '', position: BEGIN, message: content.unreadable }];
  }
  const { text: whole } = content;
  const at = positionsIn(whole);
  // As a server tells them apart.
  const isJson = /^\s*\{/.test(whole);
  const parsed = parseAllDocuments(whole, { version: '1.1', uniqueKeys: false, prettyErrors: false });
  const ends = parsed.map(({ range }) => range[2]);
  const filled = parsed
    .map((document, index) => ({ document, index }))
    .filter(({ document }) => !isEmpty(document))
    .slice(0, isJson ? 1 : undefined);
  return filled.flatMap(({ document, index }): readonly ReadDocument[] => {
    const read = documentValue(document, isJson ? whole : undefined);
    if ('broken' in read) {
      return [{ type: 'broken', file, isNamed, text: whole, position: at(read.offset), message: read.broken }];
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
      twice: () => twiceIn(document).map(({ name, offset }) => ({ name, position: at(offset) })),
    });
  });
}

/** What stands between the end of the document before and its own. */
function textOf(whole: string, begin: number, end: number): string {
  const lines = whole.slice(0, begin).split('\n').length - 1;
  return `${'\n'.repeat(lines)}${whole.slice(begin, end)}`;
}

/** What `kubectl get -o yaml` writes: the objects of its list, each by itself. */
function itemsOf(document: ManifestDocument): readonly ManifestDocument[] {
  const { kind, items } = record(document.value);
  if (!text(kind).endsWith('List') || !Array.isArray(items)) return [document];
  const begins = items.map((_item, index) => document.positionOf(`items[${index}]`));
  const ownerOf = (position: Position): number => begins.findLastIndex((begin) => !isBefore(position, begin));
  return list(items).map((value, index) => ({
    ...document,
    value,
    text: () => undefined,
    positionOf: (path) => document.positionOf(path === '' ? `items[${index}]` : `items[${index}].${path}`),
    twice: () => document.twice().filter(({ position }) => ownerOf(position) === index),
  }));
}

const isBefore = (a: Position, b: Position): boolean => a.line < b.line || (a.line === b.line && a.column < b.column);
