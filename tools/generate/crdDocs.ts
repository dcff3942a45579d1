import type { CelRule } from '../../src/api/schema/cel.ts';
import { apiVersionOf } from '../../src/k8s/kind.ts';
import type { CustomResource } from './customResources.ts';
import { CUSTOM_RESOURCES } from './customResources.ts';
import { fieldType } from './fieldType.ts';
import type { Generator } from './generator.ts';
import { MARKDOWN_HEADER } from './generator.ts';
import type { Shape } from './shapes.ts';
import { childPath, shapesOf } from './shapes.ts';
import type { JsonSchema } from './structural.ts';

const INTRO = `# API reference

Every field of the API, what it takes, and the sentences with which the API server refuses it. \`kubectl explain\` shows
the same descriptions.

**Misspelt fields.** \`kubectl\` asks the API server to refuse unknown fields. Other clients may not ask; then the server
drops them and stores the rest. What would open a namespace by being absent is therefore required: \`podSelector\`, \`from\`
or \`to\`, and \`ports\` in rules, \`port\` in ports, \`matchLabels\` or \`matchExpressions\` in selectors. Some fields are
normally left out, so nothing notices when they are misspelt: \`except\`, \`resourceNames\`, \`blockedCidrs\`, the second
selector of a peer, the second field of a selector, the \`namespace\` of a subject. Use \`fieldValidation=Strict\` in every
client that lets you.
`;

export const crdDocsGenerator: Generator = {
  name: 'crd-docs',
  files: async () => [
    { path: 'docs/crd.md', content: `${MARKDOWN_HEADER}\n${[INTRO, ...CUSTOM_RESOURCES.map(resourceDoc)].join('\n')}` },
  ],
};

function resourceDoc({ kind, shortName, schema, columns }: CustomResource): string {
  const facts = `\`${apiVersionOf(kind)}\`, ${kind.namespaced ? 'namespaced' : 'cluster-scoped'}, short name \`${shortName}\`, categories \`drawbridge\` and \`security\`.`;
  const printed = columns.map(({ name, description, priority }) =>
    row(name, `${description}${priority === undefined ? '' : ' With `-o wide`.'}`),
  );
  return [
    `## ${kind.kind}\n\n${schema.description}\n\n${facts}\n`,
    `${table(['Column', 'Shows'], printed)}\n`,
    bodyOf(schema, ''),
    ...shapesOf(schema).map(shapeDoc),
  ].join('\n');
}

/** What a shared shape is for depends on the field that has it, and stands there. */
const shapeDoc = ({ heading, schema }: Shape): string =>
  `### ${heading}\n\n${schema.title === undefined ? `${schema.description}\n\n` : ''}${bodyOf(schema, heading)}`;

/** The fields of an object, and the sentences with which the API server refuses it. */
function bodyOf(schema: JsonSchema, heading: string): string {
  const fields = Object.entries(schema.properties ?? {});
  const rows = fields.map(([name, field]) => {
    const type = fieldType(field, childPath(heading, name, field));
    return row(`\`${name}\``, type, schema.required?.includes(name) ? 'yes' : '', describe(field));
  });
  const rules = [...messagesOf(schema), ...fields.flatMap(([name, field]) => fieldMessages(name, field))];
  const refused = rules.length === 0 ? '' : `\nRefused with:\n\n${rules.map((rule) => `- ${rule}`).join('\n')}\n`;
  return `${table(['Field', 'Takes', 'Required', 'Description'], rows)}\n${refused}`;
}

/** A list of plain values says what each value is after what the list is. */
const describe = ({ description, items }: JsonSchema): string =>
  items === undefined || items.properties !== undefined || items.description === undefined
    ? `${description}`
    : `${description} Each: ${items.description}`;

/** Rules of plain fields stand with their object; objects have sections of their own. */
function fieldMessages(name: string, field: JsonSchema): readonly string[] {
  const { items } = field;
  const own = field.properties === undefined ? messagesOf(field) : [];
  const each = items === undefined || items.properties !== undefined ? [] : messagesOf(items);
  return prefixed(name, [...own, ...each]);
}

const prefixed = (name: string, messages: readonly string[]): readonly string[] =>
  messages.map((message) => `\`${name}\`: ${message}`);

const messagesOf = (schema: JsonSchema): readonly string[] =>
  ((schema['x-kubernetes-validations'] ?? []) as readonly CelRule[]).map(({ message }) => escapeCell(message));

const escapeCell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('\\*\\*', '**');

const row = (...cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const table = (head: readonly string[], rows: readonly string[]): string =>
  [row(...head), row(...head.map(() => '---')), ...rows].join('\n');
