import type { CelRule } from '../../api/schema/cel.ts';

/** What is read of a schema of ours (src/api/schema): JSON Schema, with the keywords that Kubernetes adds. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly 'x-kubernetes-validations'?: readonly CelRule[];
  readonly 'x-kubernetes-list-type'?: 'set' | 'map' | 'atomic';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

/** One thing that is wrong in an object. */
export interface SchemaMistake {
  /** As a JSON path: `spec.network.allow.rules[0]`. */
  readonly path: string;
  /** What to write instead. */
  readonly message: string;
}

export const fieldOf = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** A schema for each field of a map, or for the field of an object; undefined where the name is not known. */
export const schemaOfField = (schema: JsonSchema, name: string): JsonSchema | undefined =>
  schema.properties !== undefined && Object.hasOwn(schema.properties, name)
    ? schema.properties[name]
    : Object.values(schema.patternProperties ?? {})[0];
