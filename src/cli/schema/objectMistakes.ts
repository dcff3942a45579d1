import { BASELINE_WAIVER, GROUP, SECURITY_BASELINE } from '../../api/names.ts';
import { BaselineWaiverSchema } from '../../api/schema/baselineWaiver.ts';
import { SecurityBaselineSchema } from '../../api/schema/securityBaseline.ts';
import { record, text } from '../../k8s/json.ts';
import type { JsonSchema, SchemaMistake } from './jsonSchema.ts';
import { ruleMistakes } from './ruleMistakes.ts';
import { shapeMistakes } from './shapeMistakes.ts';

/** What people write of our API, by kind. Reports are the operator's own. */
const SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  [SECURITY_BASELINE.kind]: SecurityBaselineSchema as JsonSchema,
  [BASELINE_WAIVER.kind]: BaselineWaiverSchema as JsonSchema,
};

/** Whether an object is of our API and has a schema to be checked by. */
export function hasSchema(object: unknown): boolean {
  const { apiVersion, kind } = record(object);
  return text(apiVersion).split('/')[0] === GROUP && Object.hasOwn(SCHEMAS, text(kind));
}

/** What an API server would refuse of an object of our API; what it would drop without a word counts too. */
export function objectMistakes(object: unknown): readonly SchemaMistake[] {
  const { apiVersion: _version, kind, metadata, ...content } = record(object);
  const schema = SCHEMAS[text(kind)];
  if (schema === undefined) return [];
  if (text(record(metadata).name) === '')
    return [{ path: 'metadata', message: 'the object has no name: write metadata.name' }];
  const shape = shapeMistakes(schema, content);
  return shape.length > 0 ? shape : ruleMistakes(schema, { metadata: { name: record(metadata).name }, ...content });
}
