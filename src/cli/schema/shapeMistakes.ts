import { Compile } from 'typebox/schema';
import type { JsonSchema, SchemaMistake } from './jsonSchema.ts';
import { fieldOf, schemaOfField } from './jsonSchema.ts';

type ShapeError = ReturnType<ReturnType<typeof Compile>['Errors']>[1][number];

/** What is wrong with the shape of an object: fields that are not known or missing, values that are none. */
export function shapeMistakes(schema: JsonSchema, value: unknown): readonly SchemaMistake[] {
  const [isRight, errors] = compiled(schema).Errors(value);
  if (isRight) return [];
  const found = errors.flatMap((error) => mistakesOf(schema, value, error));
  return [...new Map(found.map((mistake) => [`${mistake.path} ${mistake.message}`, mistake])).values()];
}

/** Compiling takes longer than checking, and a schema is a value. */
const known = new WeakMap<JsonSchema, ReturnType<typeof Compile>>();

function compiled(schema: JsonSchema): ReturnType<typeof Compile> {
  const validator = known.get(schema) ?? Compile(schema);
  known.set(schema, validator);
  return validator;
}

function mistakesOf(schema: JsonSchema, value: unknown, error: ShapeError): readonly SchemaMistake[] {
  const steps = stepsOf(error.instancePath);
  const { path, schema: at, value: have } = follow(schema, value, steps);
  const names = (list: unknown): readonly string[] => (Array.isArray(list) ? list.map(String) : []);
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    // Of a field that is not known the object that holds it tells.
    case 'boolean':
      return [];
    case 'additionalProperties':
      return names(params.additionalProperties).map((name) => ({
        path: fieldOf(path, name),
        message: unknownField(name, Object.keys(at?.properties ?? {})),
      }));
    case 'required':
      return names(params.requiredProperties).map((name) => missing(path, name, at));
    default:
      return have === undefined
        ? [missing(parentOf(path), steps.at(-1) ?? '', follow(schema, value, steps.slice(0, -1)).schema)]
        : [{ path, message: wrongValue(error.keyword, params, have, at?.description ?? '') }];
  }
}

/** `holder`: what it is missing in. What the field says of itself is what to write. */
const missing = (path: string, name: string, holder: JsonSchema | undefined): SchemaMistake => {
  const description = holder?.properties?.[name]?.description;
  return {
    path,
    message: `the field ${name} is missing: write it out${description === undefined ? '' : `. ${description}`}`,
  };
};

const parentOf = (path: string): string => path.replace(/(\.?[^.[\]]+|\[\d+\])$/, '');

function unknownField(name: string, known: readonly string[]): string {
  const near = known.find((one) => isNear(name, one));
  const hint = near === undefined ? `known are ${known.join(', ')}` : `write ${near}`;
  return `the field ${name} is not known, and would be lost: ${hint}`;
}

/** One letter too many, too few, other or swapped, whatever the case. */
function isNear(a: string, b: string): boolean {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return distance(x, y) <= (x.length > 4 ? 2 : 1);
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const change = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function wrongValue(
  keyword: string,
  params: Readonly<Record<string, unknown>>,
  have: unknown,
  description: string,
): string {
  const shown = typeof have === 'string' ? JSON.stringify(have) : typeof have === 'object' ? 'this' : String(have);
  switch (keyword) {
    case 'enum':
      return `${shown} is none of the values: write one of ${(params.allowedValues as readonly unknown[]).join(', ')}`;
    case 'type':
      return `${shown} is no ${TYPES[String(params.type)] ?? params.type}: write ${ARTICLES[String(params.type)] ?? `a ${params.type}`}`;
    case 'pattern':
      // What people are told of a pattern is what it is for.
      return `${shown} is not of the form that is taken. ${description}`;
    case 'format':
      return `${shown} is no ${FORMATS[String(params.format)] ?? params.format}`;
    case 'minLength':
    case 'maxLength':
      return `${shown} is too ${keyword === 'minLength' ? 'short' : 'long'}: write ${bound(keyword)} ${params.limit} characters`;
    case 'minItems':
    case 'maxItems':
      return `the list is too ${keyword === 'minItems' ? 'short' : 'long'}: write ${bound(keyword)} ${params.limit} entries`;
    case 'minProperties':
    case 'maxProperties':
      return `there are too ${keyword === 'minProperties' ? 'few' : 'many'} of them: write ${bound(keyword)} ${params.limit}`;
    case 'minimum':
    case 'maximum':
      return `${shown} is too ${keyword === 'minimum' ? 'small' : 'large'}: write ${bound(keyword)} ${params.limit}`;
    default:
      return `${shown} is no valid value (${keyword})`;
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': 'time: write one such as "2027-01-31T00:00:00Z"',
};

const bound = (keyword: string): string => (keyword.startsWith('min') ? 'at least' : 'at most');

const TYPES: Readonly<Record<string, string>> = { array: 'list', integer: 'whole number', string: 'text' };
const ARTICLES: Readonly<Record<string, string>> = {
  array: 'a list, such as [a, b]',
  integer: 'a whole number without quotes',
  object: 'fields below it',
  string: 'text, in quotes where YAML takes it for something else',
  boolean: 'true or false',
};

/** Of a JSON pointer (RFC 6901). */
const stepsOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

interface Followed {
  readonly path: string;
  readonly schema: JsonSchema | undefined;
  readonly value: unknown;
}

const follow = (schema: JsonSchema, value: unknown, steps: readonly string[]): Followed =>
  steps.reduce<Followed>(
    (at, step) => {
      if (Array.isArray(at.value)) {
        return { path: `${at.path}[${step}]`, schema: at.schema?.items, value: at.value[Number(step)] };
      }
      const fields = (at.value ?? {}) as Readonly<Record<string, unknown>>;
      return {
        path: fieldOf(at.path, step),
        schema: at.schema === undefined ? undefined : schemaOfField(at.schema, step),
        value: typeof fields === 'object' && Object.hasOwn(fields, step) ? fields[step] : undefined,
      };
    },
    { path: '', schema, value },
  );
