import type { Alias, Document, Pair } from 'yaml';
import { isNode, isScalar, visit } from 'yaml';
import { errorMessage } from '../../k8s/errorMessage.ts';
import { isKey } from './kubernetesYaml.ts';

/** What a document holds, or what is wrong with its text, and where. */
export type DocumentValue = { readonly value: unknown } | Broken;

interface Broken {
  readonly broken: string;
  readonly offset: number;
}

const MAX_ALIASES = 100;
/** Each costs the parser a look at all the others. */
const MAX_ANCHORS = 1_000;

/** What a text that begins like JSON is as JSON. */
export type Json = { readonly value: unknown } | { readonly error: string };

export function jsonIn(text: string): Json {
  try {
    return { value: JSON.parse(text) };
  } catch (thrown) {
    return { error: errorMessage(thrown) };
  }
}

/**
 * @param json of the whole text, where it begins like it: what is none is read as YAML, and the blame is that of JSON
 * (apimachinery/pkg/util/yaml, YAMLOrJSONDecoder)
 */
export function documentValue(document: Document.Parsed, json: Json | undefined): DocumentValue {
  const begin = document.range[0];
  const [error] = document.errors;
  if (error?.code === 'RESOURCE_EXHAUSTION') {
    return { broken: 'it is nested too deeply to be read: make it flatter', offset: error.pos[0] };
  }
  // JSON allows some things that YAML does not, such as tabs.
  if (json !== undefined && 'value' in json) return json;
  if (error !== undefined)
    return json === undefined
      ? { broken: `it is no YAML: ${firstLine(error.message)}`, offset: error.pos[0] }
      : brokenJson(json.error, error.pos[0]);
  try {
    return unfitFor(document) ?? { value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (thrown) {
    return { broken: firstLine(errorMessage(thrown)), offset: begin };
  }
}

/** `… in JSON at position 7 (line 1 column 8)`; where it names none, `near` is where YAML ends. */
function brokenJson(error: string, near: number): Broken {
  const [, offset = near] = /at position (\d+)/.exec(error) ?? [];
  // It quotes the text, line ends and all.
  return { broken: error.replace(/\s+/g, ' '), offset: Number(offset) };
}

const firstLine = (message: string): string => message.split('\n')[0] ?? '';

/** What Kubernetes would not read, although it is YAML. */
function unfitFor(document: Document.Parsed): Broken | undefined {
  const begin = document.range[0];
  const { version } = document.directives.yaml;
  if (version !== '1.1') return { broken: `Kubernetes does not read %YAML ${version}: leave it out`, offset: begin };
  let anchors = 0;
  const known = new Set<string>();
  let key: Pair['key'];
  let lost: Alias | undefined;
  visit(document, {
    Value: (_at, node) => {
      if (node.anchor === undefined) return;
      anchors += 1;
      known.add(node.anchor);
    },
    Alias: (_at, node) => {
      // The parser would go through the document for each.
      if (!known.has(node.source)) lost ??= node;
    },
    Pair: (_at, pair) => {
      if (!isKey(pair.key)) key ??= pair.key ?? pair;
    },
  });
  if (anchors > MAX_ANCHORS) return { broken: `it has more than ${MAX_ANCHORS} anchors: write it out`, offset: begin };
  if (lost !== undefined)
    return { broken: `*${lost.source} stands for nothing before it: write it out`, offset: lost.range?.[0] ?? begin };
  if (key === undefined) return undefined;
  return { broken: 'the name of a field must be text', offset: (isNode(key) ? key.range?.[0] : undefined) ?? begin };
}

/** What stands between two `---` of which nobody needed the second. */
export const isEmpty = ({ contents, errors }: Document.Parsed): boolean =>
  errors.length === 0 && (contents === null || (isScalar(contents) && contents.source === ''));

/** Keys that stand twice in one object, with their offsets. */
export function twiceIn(document: Document.Parsed): readonly { readonly name: string; readonly offset: number }[] {
  const found: { readonly name: string; readonly offset: number }[] = [];
  visit(document, {
    Map: (_at, { items }) => {
      const names = new Set<string>();
      for (const { key } of items) {
        if (!isKey(key)) continue;
        // As text, which true and yes are the same of. What is merged twice is merged.
        const name = String(key.value);
        if (names.has(name) && typeof key.value !== 'symbol') found.push({ name, offset: key.range?.[0] ?? 0 });
        names.add(name);
      }
    },
  });
  return found;
}
