import { stringify } from 'yaml';
import type { JsonSchema } from '../structural.ts';

const WIDTH = 110;

/** The standard values of a schema as YAML, each under what is said of it. Values without a standard are left out. */
export function valuesYaml({ properties = {} }: JsonSchema, depth = 0): string {
  const entries = Object.entries(properties).filter(([, field]) => isShown(field));
  return entries.map(([name, field]) => entryOf(name, field, depth)).join(depth === 0 ? '\n' : '');
}

const isShown = ({ default: standard, properties }: JsonSchema): boolean =>
  standard !== undefined || Object.keys(properties ?? {}).length > 0;

function entryOf(name: string, field: JsonSchema, depth: number): string {
  const indent = '  '.repeat(depth);
  const comment = wrapped(field.description ?? '', WIDTH - indent.length).map((line) => `${indent}# ${line}\n`);
  if (field.default === undefined) return `${comment.join('')}${indent}${name}:\n${valuesYaml(field, depth + 1)}`;
  const value = stringify({ [name]: field.default }, { indentSeq: false, lineWidth: 0 });
  return `${comment.join('')}${value.replaceAll(/^(?=.)/gm, indent)}`;
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
