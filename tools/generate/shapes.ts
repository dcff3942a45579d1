import type { JsonSchema } from './structural.ts';

/** An object of the API that gets a section in the docs. */
export interface Shape {
  readonly heading: string;
  readonly schema: JsonSchema;
}

/** Where an object is described: by its title if it stands in several places, else by the path to it. */
export const headingOf = ({ title }: JsonSchema, path: string): string => title ?? path;

/** The objects below a schema, outermost first, each once; those with a title come after all others. */
export function shapesOf(root: JsonSchema): readonly Shape[] {
  const shapes = new Map<string, Shape>();
  collect(root, '', shapes);
  const all = [...shapes.values()];
  return [...all.filter(({ schema }) => !isShared(schema)), ...all.filter(({ schema }) => isShared(schema))];
}

const isShared = ({ title }: JsonSchema): boolean => title !== undefined;

function collect(parent: JsonSchema, path: string, shapes: Map<string, Shape>): void {
  for (const [name, field] of Object.entries(parent.properties ?? {})) {
    const fieldPath = childPath(path, name, field);
    const schema = field.items ?? field;
    const heading = headingOf(schema, fieldPath);
    if (schema.properties === undefined || shapes.has(heading)) continue;
    shapes.set(heading, { heading, schema });
    collect(schema, heading, shapes);
  }
}

/** `spec.network.allow.rules[]`: the brackets say that the shape is that of one entry. */
export const childPath = (parent: string, name: string, field: JsonSchema): string =>
  `${parent === '' ? '' : `${parent}.`}${name}${field.items === undefined ? '' : '[]'}`;
