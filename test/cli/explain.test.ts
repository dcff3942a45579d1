import { expect } from 'chai';
import { notReadyIn } from '../../src/cli/explain/notReady.ts';
import type { Decision } from '../../src/cli/world/decide.ts';
import type { World } from '../../src/cli/world/world.ts';
import { useWorkplace } from './run.ts';
import { BASELINE, GOOD, OPEN_POLICY } from './samples.ts';

interface Explained {
  readonly sections: readonly {
    readonly section: string;
    readonly baseline?: string;
    readonly why: string;
    readonly others: readonly { readonly baseline: string; readonly why: string }[];
  }[];
  readonly objects: readonly { readonly name: string; readonly state: string; readonly why: string }[];
  readonly findings: readonly { readonly reason: string; readonly fix: string }[];
}

const other = (name: string, change: (text: string) => string): string =>
  change(BASELINE.replace('name: restricted', `name: ${name}`));

describe('drawbridge explain', () => {
  const at = useWorkplace();
  const explain = async (files: Readonly<Record<string, string>>, ...args: readonly string[]) => {
    at().write({ ...GOOD, ...files });
    const ran = await at().run(['explain', '-n', 'payments', '-o', 'json', ...args, '.']);
    return { ...ran, ...(ran.out === '' ? ({} as Explained) : (JSON.parse(ran.out) as Explained)) };
  };

  it('says who governs each section and why, and why no other baseline does', async () => {
    const { sections, code } = await explain({
      'others.yaml': [
        other('low', (text) => text.replace('spec:', 'spec:\n  priority: -1')),
        other('trial', (text) => text.replace('spec:', 'spec:\n  priority: 9').replace('Enforce', 'Audit')),
        other('rests', (text) => text.replace('spec:', 'spec:\n  priority: 9\n  suspend: true')),
        other('apart', (text) => text.replace('spec:', 'spec:\n  excludedNamespaces: [pay*]')),
        other('elsewhere', (text) => text.replace('baseline: restricted', 'baseline: other')),
        other('younger', (text) => text),
        other('asking', (text) =>
          text.replace('{matchLabels: {baseline: restricted}}', '{matchExpressions: [{key: tier, operator: Exists}]}'),
        ),
      ].join('---\n'),
    });
    expect(code).to.equal(1);
    const network = sections.find(({ section }) => section === 'network');
    expect(network?.baseline).to.equal('restricted');
    expect(network?.why).to.contain('it selects baseline=restricted, priority 0');
    expect(Object.fromEntries((network?.others ?? []).map(({ baseline, why }) => [baseline, why]))).to.deep.equal({
      low: 'its priority is -1, and that of restricted is 0',
      trial: 'it only reports, and what enforces comes first',
      rests: 'it is suspended, and what enforces comes first',
      apart: 'its excludedNamespaces have pay*',
      elsewhere: 'it selects baseline=other, and the namespace has baseline=restricted',
      younger: 'its priority and age are those of restricted, whose name comes first',
      asking: 'it selects tier Exists, and the namespace has no label tier',
    });
  });

  it('says what keeps the operator from what a baseline that governs asks for, as the operator says it', () => {
    const ready = { type: 'Ready', status: 'False', reason: 'MissingRight', message: 'it may not patch namespaces' };
    const saidOf = (status: string, isInFile: boolean) => {
      const body = { status: { conditions: [{ ...ready, status }] } };
      const world = { index: { get: () => ({ body }) }, documentOf: () => (isInFile ? {} : undefined) };
      const sections = [{ governor: { baseline: { name: 'restricted' } } }, { governor: undefined }];
      return notReadyIn(world as unknown as World, { governance: { sections } } as unknown as Decision);
    };
    expect(saidOf('False', false)).to.deep.equal([
      { baseline: 'restricted', reason: 'MissingRight', message: 'it may not patch namespaces' },
    ]);
    expect([saidOf('True', false), saidOf('False', true)]).to.deep.equal([[], []]);
  });

  it('says of each object what it is there for, and how it stands', async () => {
    const deny = OPEN_POLICY.replace('name: open', 'name: drawbridge-default-deny');
    const { objects } = await explain({ 'deny.yaml': deny });
    const state = (name: string) => objects.find((one) => one.name === name)?.state;
    expect(state('drawbridge-default-deny')).to.match(/^differs at spec\.\w+ and \d more$/);
    expect(state('drawbridge-viewer')).to.equal('not in the files');
    expect(objects.find(({ name }) => name === 'drawbridge-viewer')?.why).to.match(/^Gives|Role/);
  });

  it('says what is wrong, and what to do about it, in words for people too', async () => {
    const { findings, code } = await explain({ 'open.yaml': OPEN_POLICY });
    expect(code).to.equal(1);
    expect(findings.map(({ reason }) => reason)).to.deep.equal(['ForeignPolicyOpensNamespace']);
    const { out } = await at().run(['explain', '-n', 'payments', '.']);
    expect(out).to.contain('network: restricted (Enforce)\n    it selects baseline=restricted, priority 0\n');
    expect(out).to.contain('To do: Ask its owner to narrow it');
  });

  it('has room on a terminal of 80 columns, and breaks nothing that is to be copied', async () => {
    const before = await explain({ 'open.yaml': OPEN_POLICY });
    expect(before.code).to.equal(1);
    const args = ['explain', '-n', 'payments', '.'];
    const [narrow, piped] = [await at().run(args, { columns: 80 }), await at().run(args)];
    const tooLong = narrow.out.split('\n').filter((line) => line.length > 80 && line.trim().includes(' '));
    expect(tooLong).to.deep.equal([]);
    expect(narrow.out).to.contain(
      '\n    To do: Ask its owner to narrow it, add what is needed as a rule of the\n    baseline,',
    );
    expect(piped.out).to.contain('To do: Ask its owner to narrow it, add what is needed as a rule of the baseline,');
    expect(narrow.out)
      .to.match(/KIND +NAME +STATE\n/)
      .and.to.not.contain('CONTROL');
    expect(piped.out).to.match(/KIND +NAME +STATE +CONTROL\n/);
    const wide = ['explain', '-n', 'payments', '-o', 'wide', '.'];
    expect((await at().run(wide, { columns: 80 })).out).to.match(/CONTROL +WHY\n/);
  });

  it('is clean where nothing is wrong, and refuses a namespace that it does not know', async () => {
    expect((await explain({})).code).to.equal(0);
    const { code, err } = await at().run(['explain', '.']);
    expect(code).to.equal(2);
    expect(err).to.contain("required option '-n, --namespace <name>'");
  });

  it('shows names and values that others chose on one line', async () => {
    const hostile = GOOD['namespace.yaml']?.replace('team: pay', '"x": "a\\n::error::b\\u001b[2J\\u202e"');
    const { code } = await explain({ 'namespace.yaml': hostile ?? '' });
    expect(code).to.equal(1);
    for (const format of ['table', 'wide', 'json', 'yaml', 'github', 'junit']) {
      const { out } = await at().run(['explain', '-n', 'payments', '-o', format, '.']);
      expect(out, format).to.not.match(/^::error::/m);
      expect(out, format).to.not.contain('\u001b');
      expect(out, format).to.not.contain('\u202e');
    }
  });
});
