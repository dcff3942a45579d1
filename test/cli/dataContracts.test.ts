import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { useWorkplace } from './run.ts';
import { BASELINE, below, GOOD, OPEN_POLICY, waiverOf } from './samples.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/cli.md'), 'utf8');

/** `results[].line` and its like: every field that there is anywhere in data. */
function fieldsIn(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => fieldsIn(item, `${path}[]`)))].sort();
  if (typeof value !== 'object' || value === null || DATA.has(path)) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const own = path === '' ? name : `${path}.${name}`;
    return [own, ...fieldsIn(field, own)];
  });
}

/** Whose names are anybody's. */
const DATA: ReadonlySet<string> = new Set(['labels']);
const under = (path: string, names: string): readonly string[] => [
  path,
  ...names.split(' ').map((name) => `${path}[].${name}`),
];

const REPORT = [
  'tool',
  'version',
  'command',
  'summary',
  ...['checked', 'error', 'warning', 'info', 'failed'].map((name) => `summary.${name}`),
  ...under('checked', 'file line column object'),
  ...under('results', 'rule severity file line column object path message summary fix'),
];

/** What programs read: a field may come, and none may go or get another name. */
const CONTRACTS: Readonly<Record<string, { readonly args: readonly string[]; readonly fields: readonly string[] }>> = {
  check: { args: ['check', 'b'], fields: [...REPORT, ...under('notJudged', 'file line column object why')] },
  diff: { args: ['diff', 'a', 'b'], fields: REPORT },
  explain: {
    args: ['explain', '-n', 'payments', 'b'],
    fields: [
      'namespace',
      'labels',
      ...under('sections', 'section baseline enforcement why others'),
      ...['baseline', 'why'].map((name) => `sections[].others[].${name}`),
      // Empty: files have no status.
      'notReady',
      ...under('objects', 'kind name baseline control why state'),
      ...under('findings', 'control check severity result reason message baseline shadow waiver object means fix'),
      ...['kind', 'namespace', 'name'].map((name) => `findings[].object.${name}`),
    ],
  },
};

describe('Data for programs', () => {
  const at = useWorkplace();

  for (const [command, { args, fields }] of Object.entries(CONTRACTS)) {
    it(`of ${command} has these fields, in JSON and in YAML, and the page names them`, async () => {
      const changed = BASELINE.replace('sameNamespace: [Ingress]', 'sameNamespace: [Egress]');
      at().write({
        ...below('a', GOOD),
        ...below('b', { ...GOOD, 'baseline.yaml': changed, 'open.yaml': OPEN_POLICY }),
        'b/other.yaml': BASELINE.replace('name: restricted', 'name: other'),
        'b/waiver.yaml': waiverOf('network.foreign-policies'),
        'b/ingress.yaml': 'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\n',
      });
      const { out } = await at().run([...args, '-o', 'json']);
      expect(fieldsIn(JSON.parse(out)).toSorted()).to.deep.equal(fields.toSorted());
      const names = fields.map(
        (field) =>
          field
            .split(/[.[\]]+/)
            .filter((step) => step !== '')
            .at(-1) ?? '',
      );
      const unsaid = names.filter((name) => !HEAD.has(name) && !PAGE.includes(`\`${name}\``));
      expect([...new Set(unsaid)]).to.deep.equal([]);
    });
  }
});

/** Of the whole, which says itself what it is. */
const HEAD: ReadonlySet<string> = new Set(['tool', 'version', 'command', 'failed']);
