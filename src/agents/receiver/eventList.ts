import { record, text } from '../../k8s/json.ts';
import { createItemSplitter } from '../../kube/listItems.ts';

/** What a source delivered in one piece, as it came. */
export interface Batch {
  /** A webhook's body is an EventList; a log's piece is whole lines, each an Event. */
  readonly source: 'webhook' | 'log';
  readonly bytes: Buffer;
}

/** The events of a batch, each as its own JSON. Undefined: the whole is none. */
export function piecesOf({ source, bytes }: Batch): readonly Buffer[] | undefined {
  return source === 'log' ? linesOf(bytes) : itemsOf(bytes);
}

/** The API server's own limit is 400 unless `--audit-webhook-batch-max-size` says more; each piece costs memory of its own. */
const MAX_ITEMS = 50_000;

/**
 * Items are cut out before they are parsed, one by one: what is wrong with one is not the others' fault, and twelve
 * megabytes of brackets do not become a gigabyte of arrays.
 */
function itemsOf(body: Buffer): readonly Buffer[] | undefined {
  const items: Buffer[] = [];
  const splitter = createItemSplitter((item) => {
    if (items.length === MAX_ITEMS) throw new RangeError(`more than ${MAX_ITEMS} items`);
    items.push(item);
  });
  try {
    splitter.push(body);
    const head = record(splitter.end());
    const isList = text(head.kind) === 'EventList' && text(head.apiVersion) === 'audit.k8s.io/v1';
    return isList ? items : undefined;
  } catch {
    return undefined;
  }
}

const NEWLINE = 10;

/** The lines of a text, without their newlines and without empty ones; a last one without a newline is one too. */
export function linesOf(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    if (end > start) lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

/** Undefined: it is no JSON. */
export function parsed(piece: Buffer): unknown {
  try {
    return JSON.parse(piece.toString());
  } catch {
    return undefined;
  }
}
