import type { Check } from '../../src/controls/checks/checks.ts';
import { CHECKS } from '../../src/controls/checks/checks.ts';
import { clusterControls, controls } from '../../src/controls/index.ts';
import type { ClusterControl } from '../../src/core/control/clusterControl.ts';
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

const CLUSTER = `# Cluster controls

They look at the whole cluster, once for each baseline that asks, and only report: in \`status.clusterFindings\`.
`;

const CHECKS_INTRO = `# Checks

What findings call a thing by, and what others call it. CIS is the Kubernetes Benchmark 1.12 (2.0.1 has the same numbers), NSA the chapter of
the NSA and CISA Kubernetes Hardening Guide, OWASP the Kubernetes Top 10. A check bears on an item; it is not all of it.
`;

export const controlsDocGenerator: Generator = {
  name: 'controls-docs',
  files: async () => {
    const overview = table(
      ['Control', 'Section', 'What it does'],
      controls.map((control) => [link(control), code(control.section), control.summary]),
    );
    const parts = [
      INTRO,
      `${overview}\n`,
      ...controls.map(controlDoc),
      CLUSTER,
      ...clusterControls.map(clusterDoc),
      CHECKS_INTRO,
      checksTable,
    ];
    return [{ path: 'docs/controls.md', content: `${MARKDOWN_HEADER}\n${parts.join('\n')}` }];
  },
};

const link = ({ id }: Control): string => `[${code(id)}](#${id.replaceAll('.', '')})`;

function controlDoc(control: Control): string {
  const { id, summary, stage, reads, inspects = [], writes, applies, facts, inspect } = control;
  const rows = [
    ['Declared by', code(`spec.${control.section}`)],
    ['Stage', code(stage)],
    ['Reads', resources([...new Set([...reads, ...inspects])])],
    ['Writes', resources(writes)],
    ...(applies === undefined ? [] : [['Owns single fields of', resources(applies)]]),
    ['Rests on facts', facts.length === 0 ? 'none' : codes(facts)],
    ['Looks at objects of others', inspect === undefined ? 'no' : 'yes'],
    ['Checks', checksOf(id)],
  ];
  return `## ${id}\n\n${summary}\n\n${table(['', ''], rows)}\n`;
}

function clusterDoc({ id, summary, declaredBy, reads, facts }: ClusterControl): string {
  const rows = [
    ['Declared by', codes(declaredBy)],
    ['Reads', resources(reads)],
    ['Rests on facts', facts.length === 0 ? 'none' : codes(facts)],
    ['Checks', checksOf(id)],
  ];
  return `## ${id}\n\n${summary}\n\n${table(['', ''], rows)}\n`;
}

const checksOf = (control: string): string =>
  CHECKS.filter(({ controls: by }) => by.includes(control))
    .map(({ id, severity }) => `${code(id)} (${severity})`)
    .join(', ');

const checkRow = ({ id, title, severity, cis = [], nsa = [], owasp = [] }: Check): readonly string[] => [
  code(id),
  title,
  severity,
  cis.join(', '),
  nsa.join(', '),
  owasp.join(', '),
];

const checksTable = `${table(['Check', 'Holds when', 'Severity', 'CIS', 'NSA', 'OWASP'], CHECKS.map(checkRow))}\n`;

const resources = (kinds: readonly string[]): string =>
  kinds.length === 0
    ? 'nothing'
    : codes(
        [...new Set(kinds)].map((kind) => {
          const { plural, group } = kindRow(kind);
          return group === '' ? plural : `${plural}.${group}`;
        }),
      );
