import { headingOf } from './shapes.ts';
import type { JsonSchema } from './structural.ts';

/** What a field takes, in a few words for a table; an object links to its section. `path` is that of the field. */
export function fieldType(schema: JsonSchema, path: string): string {
  if (schema['x-kubernetes-int-or-string'] === true) return 'integer or string';
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(' or ');
  switch (schema.type) {
    case 'array':
      return `list${countOf(schema, 'Items', '')} of: ${fieldType(schema.items ?? {}, path)}`;
    case 'object':
      return schema.patternProperties === undefined
        ? linkTo(headingOf(schema, path))
        : `map of strings${countOf(schema, 'Properties', '')}`;
    case 'string':
      return `string${schema.format === undefined ? '' : ` (${schema.format})`}${countOf(schema, 'Length', ' characters')}`;
    case 'integer':
    case 'number':
      return `${schema.type}${boundsOf(schema.minimum, schema.maximum)}`;
    default:
      return schema.type ?? 'anything';
  }
}

/** The anchor that GitHub gives a heading: without punctuation, in lower case. */
const linkTo = (heading: string): string => `[${heading}](#${heading.toLowerCase().replaceAll(/[^a-z0-9]/g, '')})`;

function countOf(schema: JsonSchema, what: string, unit: string): string {
  const bounds = boundsOf(schema[`min${what}`], schema[`max${what}`]);
  return bounds === '' ? '' : `${bounds}${unit}`;
}

function boundsOf(min: unknown, max: unknown): string {
  if (max === undefined) return min === undefined ? '' : `, at least ${min}`;
  return min === undefined ? `, at most ${max}` : `, ${min} to ${max}`;
}
