import type { DocumentOptions, ParseOptions, Scalar, SchemaOptions, Tags } from 'yaml';
import { isAlias, isMap, isSeq, Scalar as ScalarNode } from 'yaml';
import type { ToJSContext } from 'yaml/util';

/**
 * YAML as Kubernetes reads it: sigs.k8s.io/yaml, which is go-yaml v2. That is YAML 1.1 but for times and numbers of base 60,
 * which stay text, for 0o7 and 0X1F, which are numbers, and for merges: what is merged wins over the fields before it.
 * Sources: resolve.go and decode.go of go.yaml.in/yaml/v2.
 */
export const KUBERNETES_YAML: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.1',
  uniqueKeys: false,
  prettyErrors: false,
  customTags: (tags): Tags => [...tags.filter((tag) => typeof tag !== 'object' || !OTHERWISE.has(tag.tag)), ...OWN],
};

const TAG = 'tag:yaml.org,2002:';

/** Read in another way, or not at all: sets and the like are what they are written as. */
const OTHERWISE: ReadonlySet<string> = new Set(
  ['int', 'float', 'timestamp', 'merge', 'binary', 'omap', 'pairs', 'set'].map((name) => `${TAG}${name}`),
);

/** Of a text from which the underscores are taken: strconv.ParseInt with base 0, and what go-yaml takes for a float. */
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['.inf', Number.POSITIVE_INFINITY],
  ['+.inf', Number.POSITIVE_INFINITY],
  ['-.inf', Number.NEGATIVE_INFINITY],
  ['.nan', Number.NaN],
]);

/** The number that a text without quotes stands for, else the text. */
function numberIn(source: string): number | string {
  const special = SPECIAL.get(source.toLowerCase());
  if (special !== undefined) return special;
  const plain = source.startsWith('.') ? source : source.replaceAll('_', '');
  if (!INTEGER.test(plain)) return FLOAT.test(plain) ? Number(plain) : source;
  const digits = plain.replace(/^[-+]/, '').toLowerCase();
  // 017 is 15, as 0o17 is.
  const value = Number(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  // Go has no -0.
  return plain.startsWith('-') && value !== 0 ? -value : value;
}

const NUMBERS: Tags = ['int', 'float'].map((name) => ({
  tag: `${TAG}${name}`,
  default: true,
  test: /^[-+.0-9]/,
  resolve: numberIn,
}));

const OWN: Tags = [
  ...NUMBERS,
  {
    tag: `${TAG}merge`,
    default: 'key',
    test: /^<<$/,
    resolve: () => Object.assign(new ScalarNode(Symbol('<<')), { addToJSMap: mergeInto }),
    stringify: () => '<<',
  },
];

/** A key may be called __proto__. */
const OPEN = { writable: true, enumerable: true, configurable: true } as const;

type Target = Map<unknown, unknown> | Record<string, unknown>;

/** Of several the first wins, over one another; and all of them over what stands before the merge. */
function mergeInto(context: ToJSContext | undefined, target: Target, value: unknown): void {
  const source = resolved(context, value);
  const sources = isSeq(source) ? source.items.toReversed() : [source];
  for (const one of sources) {
    const map = resolved(context, one);
    if (!isMap(map)) throw new Error('<< takes a map, or a list of maps');
    for (const [key, field] of map.toJSON(null, context, Map)) {
      if (target instanceof Map) target.set(key, field);
      else Object.defineProperty(target, String(key), { ...OPEN, value: field });
    }
  }
}

const resolved = (context: ToJSContext | undefined, value: unknown): unknown =>
  context !== undefined && isAlias(value) ? value.resolve(context.doc, context) : value;

/** Whether a key is one that Kubernetes takes: text, and what it makes text of. */
export const isKey = (key: unknown): key is Scalar =>
  key instanceof ScalarNode && key.value !== null && typeof key.value !== 'object';
