import { API_VERSION, BASELINE_REPORT, BASELINE_WAIVER, GROUP, SECURITY_BASELINE } from '../../api/names.ts';
import { BaselineWaiverSchema } from '../../api/schema/baselineWaiver.ts';
import { SecurityBaselineSchema } from '../../api/schema/securityBaseline.ts';
import { record, text } from '../../k8s/json.ts';
import type { JsonSchema, SchemaMistake } from './jsonSchema.ts';
import { ruleMistakes } from './ruleMistakes.ts';
import { shapeMistakes } from './shapeMistakes.ts';

/** What people write of our API, by kind: one line each. Reports are the operator's own. */
export const SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  [SECURITY_BASELINE.kind]: SecurityBaselineSchema as JsonSchema,
  [BASELINE_WAIVER.kind]: BaselineWaiverSchema as JsonSchema,
};

/** Whether an object is of our API, and people write it. */
export function isOurs(object: unknown): boolean {
  const { apiVersion, kind } = record(object);
  return text(apiVersion).split('/')[0] === GROUP && kind !== BASELINE_REPORT.kind;
}

/** A DNS subdomain, as every name of a custom resource. */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const noName = (name: string): string =>
  `"${name}" is no name: write lower-case letters, digits, - and ., with a letter or digit at both ends`;

/** What an API server would refuse of an object of our API; what it would drop without a word counts too. */
export function objectMistakes(object: unknown): readonly SchemaMistake[] {
  if (!isOurs(object)) return [];
  const { apiVersion, kind, metadata, ...content } = record(object);
  const schema = Object.hasOwn(SCHEMAS, text(kind)) ? SCHEMAS[text(kind)] : undefined;
  const kinds = Object.keys(SCHEMAS).join(', ');
  if (schema === undefined) return [{ path: 'kind', message: `${GROUP} has no such kind: write one of ${kinds}` }];
  if (apiVersion !== API_VERSION) return [{ path: 'apiVersion', message: `no server has it: write ${API_VERSION}` }];
  const { name } = record(metadata);
  if (text(name) === '') return [{ path: 'metadata', message: 'the object has no name: write metadata.name' }];
  if (!NAME.test(text(name))) return [{ path: 'metadata.name', message: noName(text(name)) }];
  const shape = shapeMistakes(schema, content);
  return shape.length > 0 ? shape : ruleMistakes(schema, { metadata: { name }, ...content });
}
