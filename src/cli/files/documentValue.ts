import type { Document } from 'yaml';
import { isScalar, visit } from 'yaml';
import { errorMessage } from '../../k8s/errorMessage.ts';

/** What a document holds, or what is wrong with its text, and where. */
export type DocumentValue = { readonly value: unknown } | { readonly broken: string; readonly offset: number };

const MAX_ALIASES = 100;
/** Each costs the parser a look at all the others. */
const MAX_ANCHORS = 1_000;

/** @param json the whole text, where it is JSON */
export function documentValue(document: Document.Parsed, json: string | undefined): DocumentValue {
  const begin = document.range[0];
  const [error] = document.errors;
  if (error?.code === 'RESOURCE_EXHAUSTION') {
    return { broken: 'it is nested too deeply to be read: make it flatter', offset: error.pos[0] };
  }
  // JSON allows some things that YAML does not, such as tabs.
  if (error !== undefined && json === undefined) return { broken: firstLine(error.message), offset: error.pos[0] };
  try {
    if (json !== undefined) return { value: JSON.parse(json) };
    if (anchorsIn(document) > MAX_ANCHORS) {
      return { broken: `it has more than ${MAX_ANCHORS} anchors: write it out`, offset: begin };
    }
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (thrown) {
    const broken = firstLine(errorMessage(thrown));
    // Of JSON: `… in JSON at position 7 (line 1 column 8)`.
    const [, offset = begin] = /at position (\d+)/.exec(broken) ?? [];
    return { broken, offset: Number(offset) };
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

/** What stands between two `---` of which nobody needed the second. */
export const isEmpty = ({ contents, errors }: Document.Parsed): boolean =>
  errors.length === 0 && (contents === null || (isScalar(contents) && contents.source === ''));

/** Keys that stand twice in one object, with their offsets. */
export function twiceIn(document: Document.Parsed): readonly { readonly name: string; readonly offset: number }[] {
  const found: { readonly name: string; readonly offset: number }[] = [];
  visit(document, {
    Map: (_at, { items }) => {
      const names = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (names.has(key.value)) found.push({ name: String(key.value), offset: key.range?.[0] ?? 0 });
        names.add(key.value);
      }
    },
  });
  return found;
}
