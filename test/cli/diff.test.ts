import { expect } from 'chai';
import { differences } from '../../src/cli/diff/differences.ts';
import { useWorkplace } from './run.ts';
import { BASELINE, below, GOOD, NAMESPACE } from './samples.ts';

describe('drawbridge diff of two directories', () => {
  const at = useWorkplace();
  const diff = async (after: Readonly<Record<string, string>>) => {
    at().write({ ...below('a', GOOD), ...below('b', { ...GOOD, ...after }) });
    const { code, out, err } = await at().run(['diff', '-o', 'json', 'a', 'b']);
    const results: readonly {
      readonly rule: string;
      readonly file: string;
      readonly line: number;
      readonly message: string;
    }[] = JSON.parse(out).results;
    return { code, err, said: results.map(({ rule, file, line, message }) => `${rule} ${file}:${line} ${message}`) };
  };

  it('finds none between equal ones', async () => {
    expect(await diff({})).to.deep.equal({ code: 0, err: 'differences: 0\n', said: [] });
  });

  it('names what is added, changed and removed, where the baseline asks for it', async () => {
    const after = BASELINE.replace('sameNamespace: [Ingress]', 'sameNamespace: [Egress]')
      .replace('  serviceAccounts: {defaultToken: Disabled}\n', '')
      .replace('rbac:', 'resources: {quota: {hard: {pods: "5"}}}\n  rbac:');
    const { code, said } = await diff({ 'baseline.yaml': after });
    expect(code).to.equal(1);
    expect(said).to.have.lengthOf(3);
    expect(said[0]).to.match(
      /^change b\/baseline.yaml:7 NetworkPolicy payments\/drawbridge-allow-same-namespace: change spec/,
    );
    expect(said[0]).to.contain('spec.policyTypes[0]: "Ingress" → "Egress"');
    expect(said[1]).to.equal(
      'add b/baseline.yaml:12 ResourceQuota payments/drawbridge-quota: add (baseline restricted)',
    );
    expect(said[2]).to.match(/^remove b\/baseline.yaml:4 ServiceAccount payments\/default: remove/);
  });

  it('shows people each field as it is and as it would be, and who asks for it', async () => {
    const after = BASELINE.replace('sameNamespace: [Ingress]', 'sameNamespace: [Egress]').replace(
      'serviceAccounts',
      '#',
    );
    at().write({ ...below('a', GOOD), ...below('b', { ...GOOD, 'baseline.yaml': after }) });
    const { out, code } = await at().run(['diff', 'a', 'b']);
    expect(code).to.equal(1);
    expect(out).to.equal(`change NetworkPolicy payments/drawbridge-allow-same-namespace
  by baseline restricted, b/baseline.yaml:7:3
  spec.policyTypes[0]
    - "Ingress"
    + "Egress"
  spec.ingress
    - [{"from":[{"podSelector":{}}]}]
  spec.egress
    + [{"to":[{"podSelector":{}}]}]
remove ServiceAccount payments/default
  by baseline restricted, b/baseline.yaml:4:1
`);
    const { out: coloured } = await at().run(['diff', 'a', 'b'], { hasColours: true, columns: 40 });
    expect(coloured).to.contain('\u001b[31m- "Ingress"\u001b[39m');
    expect(coloured).to.contain('\n  by baseline restricted,\n  b/baseline.yaml:7:3\n');
    expect((await at().run(['diff', '-o', 'wide', 'a', 'b'])).out).to.match(/^SEVERITY +WHERE +RULE +OBJECT/);
  });

  it('names what a namespace that comes or goes makes of it', async () => {
    const { code, said, err } = await diff({ 'namespace.yaml': NAMESPACE.replace('payments', 'shop') });
    expect([code, err]).to.deep.equal([1, 'differences: 12\n']);
    expect(said.map((line) => line.split(' ')[0]).sort()).to.deep.equal([
      ...Array(6).fill('add'),
      ...Array(6).fill('remove'),
    ]);
  });

  it('takes two paths', async () => {
    at().write(GOOD);
    for (const paths of [['baseline.yaml'], ['.', '.', '.']]) {
      const { code, err } = await at().run(['diff', ...paths]);
      expect(code).to.equal(2);
      expect(err).to.contain('write two paths, BEFORE AFTER');
    }
  });
});

describe('Differences of JSON', () => {
  const CASES: readonly (readonly [unknown, unknown, readonly string[]])[] = [
    [{ a: 1 }, { a: 1 }, []],
    [{ a: 1, b: [1, 2] }, { a: 2, b: [1, 3] }, ['/a', '/b/1']],
    [{ a: [1] }, { a: [1, 2] }, ['/a']],
    [{ 'x/y': { '~': 1 } }, { 'x/y': {} }, ['/x~1y/~0']],
    [{ a: {} }, { a: [] }, ['/a']],
    [1, undefined, ['']],
  ];
  for (const [before, after, pointers] of CASES) {
    it(`are at ${pointers.join(', ') || 'no place'} of ${JSON.stringify(before)} and ${JSON.stringify(after)}`, () => {
      expect(differences(before, after).map(({ pointer }) => pointer)).to.deep.equal(pointers);
    });
  }
});
