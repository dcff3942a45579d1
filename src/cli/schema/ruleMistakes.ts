import type { Environment } from '@marcbachmann/cel-js';
import type { CelRule } from '../../api/schema/cel.ts';
import { createCelEnvironment } from './celEnvironment.ts';
import type { JsonSchema, SchemaMistake } from './jsonSchema.ts';
import { fieldOf, schemaOfField } from './jsonSchema.ts';

type Expression = ReturnType<Environment['parse']>;
type Rules = (rule: string) => Expression;

/**
 * What an API server would refuse by the rules that the CRD carries (x-kubernetes-validations) and by its list types: the
 * same expressions are evaluated, so there is no second spelling of a rule that could say something else. The value must
 * have the shape of the schema.
 */
export function ruleMistakes(schema: JsonSchema, value: unknown): readonly SchemaMistake[] {
  const rules = known.get(schema) ?? parsing();
  known.set(schema, rules);
  return mistakesAt(schema, value, '', rules);
}

/** Parsing takes longer than asking, and a schema is a value. */
const known = new WeakMap<JsonSchema, Rules>();

function parsing(): Rules {
  const environment = createCelEnvironment();
  const parsed = new Map<string, Expression>();
  return (rule) => {
    const expression = parsed.get(rule) ?? environment.parse(rule);
    parsed.set(rule, expression);
    return expression;
  };
}

function mistakesAt(schema: JsonSchema, value: unknown, path: string, rules: Rules): readonly SchemaMistake[] {
  if (value === undefined || value === null) return [];
  const self = celValue(schema, value);
  const own = (schema['x-kubernetes-validations'] ?? []).flatMap((rule) => broken(rule, self, path, rules));
  return [...own, ...duplicates(schema, value, path), ...below(schema, value, path, rules)];
}

function below(schema: JsonSchema, value: unknown, path: string, rules: Rules): readonly SchemaMistake[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined
      ? []
      : value.flatMap((item, index) => mistakesAt(items, item, `${path}[${index}]`, rules));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const inner = schemaOfField(schema, name);
    return inner === undefined ? [] : mistakesAt(inner, field, fieldOf(path, name), rules);
  });
}

function broken(rule: CelRule, self: unknown, path: string, rules: Rules): readonly SchemaMistake[] {
  // What a rule cannot be asked about it does not hold for: so does an API server judge it.
  if (asked(rules(rule.rule), self) === true) return [];
  const said = rule.messageExpression === undefined ? undefined : asked(rules(rule.messageExpression), self);
  return [{ path, message: typeof said === 'string' ? said : rule.message }];
}

function asked(expression: Expression, self: unknown): unknown {
  try {
    return expression({ self });
  } catch {
    return undefined;
  }
}

/** Lists that are sets, or have entries by name: nothing stands in them twice. */
function duplicates(schema: JsonSchema, value: unknown, path: string): readonly SchemaMistake[] {
  const type = schema['x-kubernetes-list-type'];
  if (!Array.isArray(value) || (type !== 'set' && type !== 'map')) return [];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const keyOf = (item: Record<string, unknown>): string =>
    JSON.stringify(type === 'set' ? item : keys.map((key) => item[key]));
  const seen = new Set<string>();
  return value.flatMap((item, index) => {
    const key = keyOf(item);
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [{ path: `${path}[${index}]`, message: `${key} stands in the list twice: leave one` }];
  });
}

/**
 * A value as CEL has it: whole numbers are int, and a field whose name is a word of CEL is escaped, as Kubernetes does
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#escaping). The keys of
 * maps are data, and stay.
 */
function celValue(schema: JsonSchema, value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((item) => celValue(schema.items ?? {}, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null && field !== undefined)
      .map(([name, field]) => {
        const isField = schema.properties !== undefined && Object.hasOwn(schema.properties, name);
        return [isField && WORDS.has(name) ? `__${name}__` : name, celValue(schemaOfField(schema, name) ?? {}, field)];
      }),
  );
}

const WORDS: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return'.split(' '),
);
