/** The keywords of a JSON schema that decide its shape; a schema may have any others. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly type?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
  readonly title?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: unknown;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
}

/** What is carried over as it is. Any other keyword is an error: a rule that gets lost on the way guards nothing. */
const CARRIED = new Set([
  'type',
  'format',
  'description',
  'default',
  'enum',
  'required',
  'nullable',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'x-kubernetes-validations',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-int-or-string',
]);
/** Handled by name below, or of use to the docs alone (`title`). */
const HANDLED = new Set([
  'title',
  'properties',
  'patternProperties',
  'additionalProperties',
  'items',
  'anyOf',
  'const',
]);

/**
 * TypeBox's JSON schema as a Kubernetes structural schema: records become `additionalProperties`, literals an `enum`
 * with a `type`, a union with null `nullable`. Closed objects open again, for the API server itself drops unknown
 * fields, and refuses a schema that says so. Throws for what a CRD cannot say.
 */
export function toStructural(schema: JsonSchema, path = ''): JsonSchema {
  for (const keyword of Object.keys(schema)) {
    if (!CARRIED.has(keyword) && !HANDLED.has(keyword)) throw new Error(`${path}: a CRD has no place for ${keyword}`);
  }
  const carried = Object.fromEntries(Object.entries(schema).filter(([keyword]) => CARRIED.has(keyword)));
  if (schema['x-kubernetes-int-or-string'] === true) {
    const { type: _, ...rest } = carried;
    return { ...rest, anyOf: [{ type: 'integer' }, { type: 'string' }] };
  }
  if (schema.anyOf !== undefined) return fromUnion(schema, carried, path);
  if (schema.const !== undefined) return { ...carried, ...enumOf([schema.const], path) };
  if (schema.enum !== undefined) return { ...carried, ...enumOf(schema.enum, path) };
  return { ...carried, ...fieldsOf(schema, path), ...itemsOf(schema, path) };
}

function fromUnion(schema: JsonSchema, carried: JsonSchema, path: string): JsonSchema {
  const all = schema.anyOf ?? [];
  const branches = all.filter((branch) => branch.type !== 'null');
  const nullable = branches.length < all.length ? { nullable: true } : {};
  const [only, ...others] = branches;
  if (only === undefined) throw new Error(`${path}: a union needs a branch beside null`);
  if (others.length === 0) return { ...toStructural(only, path), ...carried, ...nullable };
  if (branches.every((branch) => branch.const !== undefined)) {
    const values = branches.map((branch) => branch.const);
    return { ...carried, ...nullable, ...enumOf(values, path) };
  }
  throw new Error(`${path}: a structural schema has no unions but literals, null and int-or-string`);
}

function enumOf(values: readonly unknown[], path: string): JsonSchema {
  if (!values.every((value) => typeof value === 'string')) throw new Error(`${path}: only strings are enumerated`);
  return { type: 'string', enum: values };
}

function fieldsOf(schema: JsonSchema, path: string): JsonSchema {
  const { properties, patternProperties, additionalProperties } = schema;
  if (patternProperties !== undefined) {
    const [value, ...others] = Object.values(patternProperties);
    if (value === undefined || others.length > 0) throw new Error(`${path}: a map has one kind of value`);
    return { additionalProperties: toStructural(value, `${path}.*`) };
  }
  if (additionalProperties !== undefined && additionalProperties !== false) {
    throw new Error(`${path}: write a map as Type.Record`);
  }
  if (properties === undefined) return {};
  const fields = Object.entries(properties).map(([name, field]) => [name, toStructural(field, `${path}.${name}`)]);
  return { properties: Object.fromEntries(fields) };
}

function itemsOf({ type, items }: JsonSchema, path: string): JsonSchema {
  if (type !== 'array') return {};
  if (items === undefined || Array.isArray(items)) throw new Error(`${path}: a list has one kind of item`);
  return { items: toStructural(items, `${path}[]`) };
}
