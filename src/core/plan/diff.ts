import { BASELINE_LABEL, CONTROL_LABEL, MANAGED_BY, MANAGED_BY_LABEL } from '../../api/names.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { Labels } from '../../k8s/object.ts';
import type { Desired } from './change.ts';

export type Json = unknown;

/** A list whose order means nothing: RBAC and NetworkPolicy treat these as sets. */
const SETS: ReadonlySet<string> = new Set([
  'apiGroups',
  'policyTypes',
  'resourceNames',
  'resources',
  'subjects',
  'verbs',
]);

/**
 * JSON pointers of what differs between a wanted object and a live one, in order; empty means converged.
 * Outside metadata and status the comparison is exact, because an added rule is the attack. In metadata our labels must
 * be there (foreign ones may stay), and ownerReferences and finalizers must not (THREATS 2).
 */
export function diffObject(labels: Labels, body: Readonly<Record<string, Json>>, live: Entry): readonly string[] {
  const fields: string[] = [];
  diffLabels(labels, live, fields);
  if (live.owned) fields.push('/metadata/ownerReferences');
  if (live.finalizers.length > 0) fields.push('/metadata/finalizers');
  diffBody(body, live.body, fields);
  return fields;
}

function diffLabels(labels: Labels, live: Entry, fields: string[]): void {
  for (const [key, value] of Object.entries(labels)) {
    if (live.labels[key] !== value) fields.push(`/metadata/labels/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  }
}

/** The same for what is desired: of an object of others, of which single fields and labels are ours, these alone. */
export function diffDesired({ labels, body, partial }: Desired, live: Entry): readonly string[] {
  if (partial !== true) return diffObject(labels, body, live);
  const fields: string[] = [];
  diffLabels(labels, live, fields);
  const have = isObject(live.body) && isObject(live.body.whole) ? live.body.whole : {};
  for (const [key, value] of Object.entries(body)) walk(`/${key}`, value, have[key], fields);
  return fields;
}

function diffBody(body: Readonly<Record<string, Json>>, live: Json, fields: string[]): void {
  if (isObject(live) && isObject(live.whole)) walk('', body, live.whole, fields);
  // Larger than anything we write, or not kept: it cannot be compared, so it is put right.
  else fields.push('/');
}

function walk(path: string, want: Json, have: Json, fields: string[]): void {
  if (want === have || (isAbsent(want) && isAbsent(have))) return;
  if (isObject(want) && isObject(have)) walkObject(path, want, have, fields);
  else if (Array.isArray(want) && Array.isArray(have) && want.length === have.length) {
    const [a, b] = SETS.has(path.slice(path.lastIndexOf('/') + 1)) ? [sorted(want), sorted(have)] : [want, have];
    for (let i = 0; i < a.length; i += 1) walk(`${path}/${i}`, a[i], b[i], fields);
  } else fields.push(path === '' ? '/' : path);
}

function walkObject(path: string, want: JsonObject, have: JsonObject, fields: string[]): void {
  for (const key of Object.keys(want)) {
    // A selector with no labels is the same with `matchLabels: {}` and without: both select everything.
    if (key === 'matchLabels' && isEmptyObject(want[key]) && isAbsentOrEmptyObject(have[key])) continue;
    // A label may be called `constructor`: what an object inherits is no field of it.
    walk(`${path}/${key}`, want[key], Object.hasOwn(have, key) ? have[key] : undefined, fields);
  }
  for (const key of Object.keys(have)) {
    if (Object.hasOwn(want, key) || (key === 'matchLabels' && isEmptyObject(have[key]))) continue;
    walk(`${path}/${key}`, undefined, have[key], fields);
  }
}

type JsonObject = Readonly<Record<string, Json>>;

/** The API server drops null and empty lists. It keeps `{}`, which differs from absence: `namespaceSelector: {}` is every namespace. */
const isAbsent = (value: Json): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isEmptyObject = (value: Json): boolean => isObject(value) && Object.keys(value).length === 0;

const isAbsentOrEmptyObject = (value: Json): boolean => isAbsent(value) || isEmptyObject(value);

const sorted = (list: readonly Json[]): readonly Json[] =>
  list
    .map((item) => ({ item, key: typeof item === 'string' ? item : canonical(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);

/** JSON with sorted keys and without what the API server drops, so that equal content is one string. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const keys = Object.keys(value)
    .filter((key) => !isAbsent(value[key]))
    .sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

/** The labels of every object we own (DESIGN §2.1). Nothing is ever copied from the baseline. */
export const ownLabels = (baseline: string, control: string): Labels => ({
  [MANAGED_BY_LABEL]: MANAGED_BY,
  [BASELINE_LABEL]: baseline,
  [CONTROL_LABEL]: control,
});

/** Whether a difference touches more than labels: such a change may widen access and is never delayed (THREATS 5). */
export const mayWiden = (fields: readonly string[]): boolean =>
  fields.some((field) => !field.startsWith('/metadata/labels/'));
