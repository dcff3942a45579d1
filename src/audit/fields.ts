import type { JsonRecord } from '../k8s/json.ts';
import type { Mistake } from './policy.ts';

/**
 * Reads one object strictly: kube-apiserver drops a field that it does not know, and one typo turned auditing off while the
 * server stayed ready (kubernetes/kubernetes#113266). Each mistake is noted, and reading goes on with an empty value.
 */
export interface Fields {
  readonly path: string;
  texts(field: string): readonly string[];
  text(field: string): string | undefined;
  flag(field: string): boolean | undefined;
  /** A reader of one object; undefined where there is none. */
  object(field: string, known: readonly string[] | undefined): Fields | undefined;
  /** The names of its fields. */
  readonly names: readonly string[];
  /** One reader for each item of a list of objects. */
  objects(field: string, known: readonly string[]): readonly Fields[];
  /** One of `values`; `undefined` and a mistake when it is another. */
  choice<T extends string>(field: string, values: readonly T[]): T | undefined;
  choices<T extends string>(field: string, values: readonly T[]): readonly T[];
  note(field: string, message: string): void;
}

/** @param known the fields that the object may have; undefined: any */
export function readFields(
  value: unknown,
  path: string,
  known: readonly string[] | undefined,
  mistakes: Mistake[],
): Fields {
  const at = (field: string): string => (path === '' ? field : `${path}.${field}`);
  const note = (field: string, message: string): void =>
    void mistakes.push({ path: field === '' ? path : at(field), message });
  if (!isObject(value)) note('', `it must be an object, and is ${kindOf(value)}`);
  const object = isObject(value) ? value : {};
  for (const field of Object.keys(object)) {
    if (known?.includes(field) === false) note(field, unknownField(field, known));
  }
  const items = (field: string): readonly unknown[] => {
    const list = Object.hasOwn(object, field) ? object[field] : undefined;
    if (list === undefined || list === null) return [];
    if (Array.isArray(list)) return list;
    note(field, `it must be a list, and is ${kindOf(list)}: write [${String(list)}]`);
    return [];
  };
  const one = (field: string): unknown => (Object.hasOwn(object, field) ? (object[field] ?? undefined) : undefined);
  const choose = <T extends string>(where: string, value: unknown, values: readonly T[]): readonly T[] => {
    const found = values.find((candidate) => candidate === value);
    if (found !== undefined) return [found];
    note(where, `it must be one of ${values.join(', ')}, and is ${shown(value)}`);
    return [];
  };
  const reader: Fields = {
    path,
    note,
    names: Object.keys(object),
    object: (field, fields) => {
      const value = one(field);
      return value === undefined ? undefined : readFields(value, at(field), fields, mistakes);
    },
    texts: (field) =>
      items(field).flatMap((item, index) => {
        if (typeof item === 'string') return [item];
        note(`${field}[${index}]`, `it must be text, and is ${kindOf(item)}: put it in quotes`);
        return [];
      }),
    text: (field) => {
      const value = one(field);
      if (value === undefined || typeof value === 'string') return value;
      note(field, `it must be text, and is ${kindOf(value)}`);
      return undefined;
    },
    flag: (field) => {
      const value = one(field);
      if (value === undefined || typeof value === 'boolean') return value;
      note(field, `it must be true or false, and is ${shown(value)}`);
      return undefined;
    },
    objects: (field, fields) =>
      items(field).flatMap((item, index) => {
        const where = `${field}[${index}]`;
        if (isObject(item)) return [readFields(item, at(where), fields, mistakes)];
        note(where, `it must be an object, and is ${kindOf(item)}`);
        return [];
      }),
    choice: (field, values) => {
      const value = one(field);
      if (value === undefined || value === '') {
        note(field, `it is required: write one of ${values.join(', ')}`);
        return undefined;
      }
      return choose(field, value, values)[0];
    },
    choices: (field, values) => items(field).flatMap((item, index) => choose(`${field}[${index}]`, item, values)),
  };
  return reader;
}

const isObject = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names the field that was meant, where one is near. */
function unknownField(field: string, known: readonly string[]): string {
  const near = known.find((name) => isNear(field, name));
  const hint = near === undefined ? `known are ${known.join(', ')}` : `write ${near}`;
  return `the field is not known, and a server would leave it out without a word: ${hint}`;
}

const isNear = (a: string, b: string): boolean => {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x === y || `${x}s` === y || x === `${y}s` || (x.length > 3 && (y.startsWith(x) || x.startsWith(y)));
};

const kindOf = (value: unknown): string =>
  value === null || value === undefined ? 'empty' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;

const shown = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : kindOf(value));
