import type { Document, YAMLMap, YAMLSeq } from 'yaml';
import { isNode, isScalar, Scalar, visit } from 'yaml';

/** Two parsers must not read one file in two ways: what kube-apiserver's (go-yaml, by YAML 1.1) takes otherwise is refused. */

/** Something in a text that two parsers may take in two ways. */
export interface Oddity {
  readonly message: string;
  /** Where, in characters from the begin of the text; absent: nowhere in particular. */
  readonly offset?: number;
}

/**
 * Control characters end kube-apiserver, and the breaks of Unicode are line breaks to it: what is a comment here would be a
 * field there. U+FFFD is what is left of bytes that are no UTF-8.
 */
const ODD = /(?![\n\r\t])\p{Cc}|\p{Cs}|[\u2028\u2029\ufffd-\uffff]|\r(?!\n)|(?<!^)\ufeff/u;
/** In the first column: a directive, which switches to another YAML. */
const DIRECTIVE = /^%/m;

/** What stands in the file that no policy needs, in words; undefined: nothing. */
export function oddIn(text: string): Oddity | undefined {
  const odd = ODD.exec(text);
  if (odd !== null) {
    const line = text.slice(0, odd.index).split('\n').length;
    const code = odd[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
    const message = `line ${line} holds the character U+${code}, which a server does not read as we do: leave it out`;
    return { message, offset: odd.index };
  }
  // Tabs may stand in some places, of which the two have not the same idea; in JSON they may stand in all.
  const tab = isJson(text) ? -1 : text.indexOf('\t');
  if (tab >= 0) return { message: 'it holds a tab: write spaces', offset: tab };
  const offset = text.search(DIRECTIVE);
  const message = 'a line begins with %, and would switch to another YAML: leave it out';
  return offset < 0 ? undefined : { message, offset };
}

/** The server takes a file that begins like JSON for JSON (apimachinery/pkg/runtime/serializer/json). */
export const isJson = (text: string): boolean => /^\s*\{/.test(text);

/**
 * Texts without quotes that go-yaml takes for numbers where YAML 1.1 as it is written does not, and the reverse: 0o7, 0X1F,
 * +_1. Wider than it need be.
 */
const LIKE_A_NUMBER = /^[-+]?(0[xXoObB][0-9a-fA-F]*|[0-9]*\.?[0-9]*([eE][-+]?[0-9]*)?)$/;
/** `\/` is known to JSON only, and half a surrogate pair to nobody. */
const UNKNOWN_ESCAPE = /(?<!\\)(?:\\\\)*\\(?:\/|u[dD][89a-fA-F])/;

const MAX_SHOWN = 40;
const ANCHOR = /^[A-Za-z0-9_-]+$/;
/** Without the space, the colon belongs to the name in some places. */
const COLON = /^ *:(\s|$)/;
/** Within [] and {} a server takes these for the begin of a name, or the end of one. */
const INDICATOR = /\?|^:|:$/;
/** The parser takes the second half of '' for the end of a text where the next line is not indented. */
const CLOSED: Readonly<Partial<Record<string, RegExp>>> = {
  [Scalar.QUOTE_SINGLE]: /^'(?:[^']|'')*'$/,
  [Scalar.QUOTE_DOUBLE]: /^"(?:[^"\\]|\\.)*"$/,
};

/** What a server would read as something else in a YAML document, or not at all. */
export function oddNodes(document: Document, text: string): readonly Oddity[] {
  const odd: Oddity[] = [];
  const note = (node: unknown, messages: readonly string[]): void => {
    const offset = isNode(node) ? node.range?.[0] : undefined;
    odd.push(...messages.map((message) => (offset === undefined ? { message } : { message, offset })));
  };
  const judgeProperties = (node: Scalar | YAMLMap | YAMLSeq): void => {
    const { tag, anchor } = node;
    if (tag !== undefined) note(node, [`${tag} is a tag, which no policy needs: leave it out`]);
    if (anchor !== undefined && !ANCHOR.test(anchor))
      note(node, [`name the anchor &${anchor} with letters and digits alone`]);
  };
  visit(document, {
    Collection: (_key, node) => judgeProperties(node),
    Pair: (_key, { key }) => note(key, oddKey(key, text)),
    Scalar: (_key, node) => {
      judgeProperties(node);
      if (typeof node.value === 'string' && node.range) {
        note(node, oddScalar(node.type, text.slice(node.range[0], node.range[1])));
      }
    },
  });
  return odd;
}

function oddKey(key: unknown, text: string): readonly string[] {
  // The name of a merge, <<, is a symbol to the parser.
  if (!isScalar(key) || !['string', 'symbol'].includes(typeof key.value) || key.anchor !== undefined) {
    return ['the name of a field must be text, and nothing else'];
  }
  // As JSON is written; outside of braces the parser wants the space itself.
  if (key.type === Scalar.QUOTE_DOUBLE) return [];
  const after = key.range?.[1] ?? 0;
  if (COLON.test(text.slice(after, after + MAX_SHOWN))) return [];
  return [`write "${String(key.source)}: " with a space after the colon`];
}

function oddScalar(type: Scalar['type'], source: string): readonly string[] {
  // The two do not agree on the blanks within; and no name goes over the end of a line.
  if (source.includes('\n')) {
    return [`a text goes on over a line's end: write it on one: ${JSON.stringify(source.slice(0, MAX_SHOWN))}`];
  }
  if (CLOSED[type ?? '']?.test(source) === false) return [`${source} has no quote at its end: close it`];
  if (type === Scalar.PLAIN && LIKE_A_NUMBER.test(source.replaceAll('_', ''))) {
    return [`${source} may be read as a number: put it in quotes`];
  }
  if (type === Scalar.PLAIN && INDICATOR.test(source)) return [`${source} may be read as a field: put it in quotes`];
  if (type === Scalar.QUOTE_DOUBLE && UNKNOWN_ESCAPE.test(source)) {
    return [`${source} has an escape that a server does not know: write the character itself`];
  }
  return [];
}
