import { controls } from '../../src/controls/index.ts';
import type { Control } from '../../src/core/control/control.ts';
import { kindRow } from '../../src/core/kinds/kinds.ts';
import type { Generator } from './generator.ts';
import { MARKDOWN_HEADER } from './generator.ts';
import { code, codes, table } from './markdown.ts';

const INTRO = `# Controls

A control turns one section of the governing baseline into objects, or looks at objects of others, in one namespace. What
it reads and writes decides what is watched and what the operator may do (\`manifests/base/rbac/clusterrole.yaml\`).

Stages: what opens (\`allow\`) is written first, then what closes (\`guard\`), and what is no longer declared is pruned last, in
the reverse order. Facts are what is known about the cluster; while one is unknown, what rests on it stays as it is.
`;

export const controlsDocGenerator: Generator = {
  name: 'controls-docs',
  files: async () => {
    const overview = table(
      ['Control', 'Section', 'What it does'],
      controls.map((control) => [link(control), code(control.section), control.summary]),
    );
    const parts = [INTRO, `${overview}\n`, ...controls.map(controlDoc)];
    return [{ path: 'docs/controls.md', content: `${MARKDOWN_HEADER}\n${parts.join('\n')}` }];
  },
};

const link = ({ id }: Control): string => `[${code(id)}](#${id.replaceAll('.', '')})`;

function controlDoc(control: Control): string {
  const { id, summary, stage, reads, writes, applies, facts, inspect } = control;
  const rows = [
    ['Declared by', code(`spec.${control.section}`)],
    ['Stage', code(stage)],
    ['Reads', resources(reads)],
    ['Writes', resources(writes)],
    ...(applies === undefined ? [] : [['Owns single fields of', resources(applies)]]),
    ['Rests on facts', facts.length === 0 ? 'none' : codes(facts)],
    ['Looks at objects of others', inspect === undefined ? 'no' : 'yes'],
  ];
  return `## ${id}\n\n${summary}\n\n${table(['', ''], rows)}\n`;
}

const resources = (kinds: readonly string[]): string =>
  kinds.length === 0
    ? 'nothing'
    : codes(
        [...new Set(kinds)].map((kind) => {
          const { plural, group } = kindRow(kind);
          return group === '' ? plural : `${plural}.${group}`;
        }),
      );
