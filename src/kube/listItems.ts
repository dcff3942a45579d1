import { LineTooLongError, MAX_LINE_BYTES } from './lines.ts';

/** Splits a List answer into the items it holds, so that a page of large objects is never in memory as objects. */
export interface ItemSplitter {
  /** Calls back, synchronously, once per item that ends in this chunk. Throws LineTooLongError. */
  push(chunk: Buffer): void;
  /** The list without its items, once the answer is over. Throws SyntaxError when the answer was cut or is no object. */
  end(): ListHead;
}

/** A List without its items. */
export interface ListHead {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: null | readonly never[];
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** What the list's text ends with just before its items: the key at the outermost level. */
const ITEMS_KEY = /[{,]\s*"items"\s*:\s*$/;

/**
 * Scans bytes, following strings and depth only; JSON.parse judges the pieces. UTF-8 makes this safe: no byte of a
 * multi-byte character equals one of JSON's ASCII delimiters.
 */
export function createItemSplitter(onItem: (item: Buffer) => void, limitBytes = MAX_LINE_BYTES): ItemSplitter {
  const head = createPiece(limitBytes);
  const item = createPiece(limitBytes);
  let depth = 0;
  let inString = false;
  let escaped = false;
  let inItems = false;
  /** Where in the chunk the piece being read begins; -1: between items. */
  let start = 0;

  const open = (chunk: Buffer, index: number, byte: number) => {
    depth += 1;
    if (inItems && depth === 3) start = index;
    if (byte !== OPEN_BRACKET || depth !== 2 || inItems) return;
    if (!ITEMS_KEY.test(head.tail(chunk.subarray(start, index)))) return;
    head.add(chunk.subarray(start, index + 1));
    inItems = true;
    start = -1;
  };
  const close = (chunk: Buffer, index: number) => {
    depth -= 1;
    if (!inItems) return;
    if (depth === 2) {
      onItem(item.take(chunk.subarray(start, index + 1)));
      start = -1;
    } else if (depth === 1) {
      inItems = false;
      start = index;
    }
  };
  /** The index of the byte after the string that holds `index`, or the chunk's length when the string goes on. */
  const skipString = (chunk: Buffer, index: number): number => {
    for (let at = index; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) {
        inString = false;
        return at + 1;
      }
    }
    return chunk.length;
  };
  const scan = (chunk: Buffer) => {
    let index = inString ? skipString(chunk, 0) : 0;
    while (index < chunk.length) {
      const byte = chunk[index] as number;
      if (byte === QUOTE) {
        inString = true;
        index = skipString(chunk, index + 1);
        continue;
      }
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) open(chunk, index, byte);
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) close(chunk, index);
      index += 1;
    }
  };
  return {
    push: (chunk) => {
      if (start !== -1) start = 0;
      scan(chunk);
      if (start !== -1) (inItems ? item : head).add(chunk.subarray(start));
    },
    end: () => {
      const text = head.take(Buffer.alloc(0)).toString();
      const value: unknown = JSON.parse(text);
      if (typeof value !== 'object' || value === null) throw new SyntaxError('the answer is no list');
      return value as ListHead;
    },
  };
}

/** Bytes gathered over several chunks. */
function createPiece(limitBytes: number) {
  let parts: Buffer[] = [];
  let length = 0;
  const add = (part: Buffer) => {
    length += part.length;
    if (length > limitBytes) throw new LineTooLongError(limitBytes);
    parts.push(part);
  };
  return {
    add,
    /** All of it; the piece is empty again. */
    take: (last: Buffer): Buffer => {
      const before = parts;
      add(last);
      const whole = before.length === 1 ? last : Buffer.concat(parts, length);
      parts = [];
      length = 0;
      return whole;
    },
    /** The end of what there would be with `last`, as text. */
    tail: (last: Buffer): string => {
      const near = last.length >= TAIL_BYTES ? [last] : [...parts.slice(-TAIL_BYTES), last];
      return Buffer.concat(near).subarray(-TAIL_BYTES).toString('latin1');
    },
  };
}

const TAIL_BYTES = 64;
