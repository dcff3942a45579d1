import { record } from '../../k8s/json.ts';
import type { SchemaMistake } from './jsonSchema.ts';

const NAMELESS: SchemaMistake = { path: 'metadata', message: 'the object has no name: write metadata.name' };
const MAPS = ['labels', 'annotations'] as const;

/**
 * What an API server would refuse of the metadata of any object. What is no text there counts as absent elsewhere: a label
 * `on` without quotes is true, and selects nothing.
 */
export function metadataMistakes(object: unknown): readonly SchemaMistake[] {
  const { metadata } = record(object);
  const fields = record(metadata);
  const names = ['name', 'generateName', 'namespace'].flatMap((field) => noText(`metadata.${field}`, fields[field]));
  const maps = MAPS.flatMap((field) => mapMistakes(`metadata.${field}`, fields[field]));
  const isNameless = [fields.name, fields.generateName].every((name) => (name ?? '') === '');
  return [...(isNameless ? [NAMELESS] : []), ...names, ...maps];
}

function mapMistakes(path: string, map: unknown): readonly SchemaMistake[] {
  if ((map ?? null) === null) return [];
  if (typeof map !== 'object' || Array.isArray(map)) return [{ path, message: 'it must be a map of names to texts' }];
  return Object.entries(record(map)).flatMap(([name, value]) => noText(`${path}.${name}`, value));
}

/** Null counts as absent, and as the empty text in a map, as Go has it. */
function noText(path: string, value: unknown): readonly SchemaMistake[] {
  if ((value ?? null) === null || typeof value === 'string') return [];
  const shown = typeof value === 'object' ? 'this' : String(value);
  return [{ path, message: `${shown} is no text: write it in quotes` }];
}
