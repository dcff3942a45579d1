import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { placesOf, useCheck } from './check/run.ts';
import { baselineText, GOOD_RULE } from './run.ts';
import { BASELINE, GOOD, NAMESPACE, OPEN_POLICY, waiverOf } from './samples.ts';

describe('drawbridge check', () => {
  const { at, check } = useCheck();

  it('finds nothing where nothing is wrong, and does not miss what the operator makes by itself', async () => {
    at().write(GOOD);
    const { code, results, err } = await check(['.']);
    expect([code, results]).to.deep.equal([0, []]);
    expect(err).to.equal('objects: 4, namespaces: 1, governed: 1, found: nothing\n');
  });

  it('finds what opens a namespace, at its line', async () => {
    at().write({ ...GOOD, 'app.yaml': `a: 1\n---\n${OPEN_POLICY}` });
    const { code, results } = await check(['.']);
    expect(code).to.equal(1);
    expect(results[0]).to.deep.include({
      rule: 'ForeignPolicyOpensNamespace',
      severity: 'error',
      file: 'app.yaml',
      line: 3,
      column: 1,
      object: 'NetworkPolicy payments/open',
    });
  });

  it('fails nobody for what a waiver exempts, and says by which', async () => {
    const control = 'network.foreign-policies';
    at().write({ ...GOOD, 'app.yaml': OPEN_POLICY, 'waiver.yaml': waiverOf(control) });
    const { code, results } = await check(['.']);
    expect([code, results.map(({ rule, severity }) => `${rule} ${severity}`)]).to.deep.equal([
      0,
      ['ForeignPolicyOpensNamespace info'],
    ]);
    expect(results[0]?.message).to.contain('waived by legacy until');
    at().write({ 'waiver.yaml': waiverOf(control, 'objects: [{kind: NetworkPolicy, name: other}]') });
    expect((await check(['.'])).code).to.equal(1);
  });

  it('names the field where the operator would put something else', async () => {
    const account =
      'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default}\nautomountServiceAccountToken: true\n';
    const deny = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: drawbridge-default-deny
  labels:
    app.kubernetes.io/managed-by: drawbridge
    drawbridge.dev/baseline: restricted
    drawbridge.dev/control: network.default-deny
spec:
  podSelector: {}
  policyTypes: [Ingress]
`;
    at().write({ ...GOOD, 'own.yaml': `${account}---\n${deny}` });
    const shown = await check(['-n', 'payments', '.']);
    expect(shown.results.map(({ rule, line, path }) => [rule, line, path])).to.deep.equal([
      ['Modified', 4, 'automountServiceAccountToken'],
      ['Modified', 16, 'spec.policyTypes'],
    ]);
  });

  it('does not expect of a namespace without a manifest what the operator puts on it', async () => {
    const levels = BASELINE.replace('serviceAccounts:', 'podSecurity: {enforce: baseline}\n  serviceAccounts:');
    at().write({ ...GOOD, 'baseline.yaml': levels });
    const labels = ['--namespace-labels', 'baseline=restricted,team=shop'];
    const { code, results } = await check(['-n', 'shop', ...labels, '.']);
    expect(results.map(({ rule, object }) => `${rule} ${object}`)).to.deep.equal(['Modified Namespace payments']);
    expect(code).to.equal(1);
  });

  it('does not take labels of a namespace that nobody names', async () => {
    at().write(GOOD);
    const { code, err } = await check(['--namespace-labels', 'baseline=restricted', '.']);
    expect([code, err]).to.deep.equal([2, 'error: --namespace-labels: the labels of which namespace? Name it by -n\n']);
  });

  it('takes a time for text, with quotes or without, as Kubernetes does', async () => {
    const control = 'network.foreign-policies';
    const waiver = waiverOf(control).replace(/"(\d{4}-[^"]*)"/, '$1');
    expect(waiver).to.match(/expiresAt: \d/);
    at().write({ ...GOOD, 'app.yaml': OPEN_POLICY, 'waiver.yaml': waiver });
    expect((await check(['.'])).code).to.equal(0);
  });

  it('takes a chart by standard input, whose objects name no namespace', async () => {
    at().write({ 'baseline.yaml': BASELINE, 'grantable.yaml': GOOD['grantable.yaml'] ?? '' });
    const chart = OPEN_POLICY.replace(', namespace: payments', '');
    const flags = [
      '-n',
      'payments',
      '--namespace-labels',
      'baseline=restricted,team=pay',
      'baseline.yaml',
      'grantable.yaml',
    ];
    expect(placesOf(await check([...flags, '-'], { stdin: chart }))).to.deep.equal([
      'ForeignPolicyOpensNamespace <stdin>:1',
    ]);
    const unlabelled = await check([...flags.slice(0, 2), ...flags.slice(4), '-'], { stdin: chart });
    expect(placesOf(unlabelled)).to.deep.equal(['NamespaceLabelsUnknown <stdin>:3']);
    expect(unlabelled.code).to.equal(1);
  });

  it('says once for all namespaces what is wrong with the baseline, at its section', async () => {
    const others = ['shop', 'depot'].map((name) => NAMESPACE.replace('payments', name));
    at().write({ ...GOOD, 'grantable.yaml': '', 'more.yaml': others.join('---\n') });
    const { code, results } = await check(['.']);
    expect(results.map(({ rule, line, object }) => [rule, line, object])).to.deep.equal([
      ['GrantableUnknown', 12, 'SecurityBaseline restricted'],
    ]);
    expect(results[0]?.message).to.match(/\(in depot, payments, shop\)$/);
    expect([code, results[0]?.severity]).to.deep.equal([0, 'info']);
    expect((await check(['--fail-on', 'info', '.'])).code).to.equal(1);
  });

  it('takes from --facts what the cluster is like, and looks at nothing else there', async () => {
    at().write({
      'in/baseline.yaml': BASELINE,
      'in/namespace.yaml': NAMESPACE,
      'cluster.yaml': `${GOOD['grantable.yaml']}---\n${OPEN_POLICY}`,
    });
    expect(placesOf(await check(['in', '--facts', 'cluster.yaml']))).to.deep.equal([]);
  });

  it('finds what an API server would refuse of a baseline, at its line, and what it would leave out', async () => {
    const typo = BASELINE.replace('defaultDeny: [Ingress, Egress]', 'defaultDeny: [Ingress]').replace(
      'kind: Role,',
      'knd: Role,',
    );
    at().write({ 'baseline.yaml': typo, 'late.yaml': BASELINE.replace('[Ingress, Egress]', '[Ingress]') });
    const { results, code } = await check(['.']);
    expect(code).to.equal(1);
    expect(results.map(({ file, line, message }) => `${file}:${line} ${message}`)).to.deep.equal([
      'baseline.yaml:15 the field kind is missing: write it out. Role: a role of this baseline. ClusterRole: one of the cluster, which the operator must be allowed to bind.',
      'baseline.yaml:15 the field knd is not known, and would be lost: write kind',
      'late.yaml:7 allow.dns opens egress that is not closed: add Egress to defaultDeny, or remove allow.dns',
    ]);
  });

  it('finds for what the operator would refuse an audit section that an API server takes', async () => {
    const baseline = baselineText('{level: Request, verbs: [bind], resources: [{group: rbac.authorization.k8s.io}]}');
    at().write({ 'baseline.yaml': baseline });
    const { code, results } = await check(['baseline.yaml']);
    expect([code, results.map(({ rule, severity }) => `${rule} ${severity}`)]).to.deep.equal([
      1,
      ['unknown-verb error'],
    ]);
    expect(results[0]?.path).to.equal('spec.audit.rules[0].verbs[0]');
    at().write({ 'baseline.yaml': baselineText(GOOD_RULE) });
    expect((await check(['baseline.yaml'])).code).to.equal(0);
  });

  it('does not judge by a baseline that no API server would take', async () => {
    at().write({ ...GOOD, 'baseline.yaml': BASELINE.replace('Enforce', 'enforce'), 'app.yaml': OPEN_POLICY });
    expect(placesOf(await check(['.']))).to.deep.equal(['InvalidObject baseline.yaml:5']);
  });

  it('reports what cannot be read where it was named, and passes it over in a directory', async () => {
    at().write({ ...GOOD, 'chart/broken.yaml': 'a: [\n' });
    expect((await check(['.'])).err).to.contain(
      'passed over what cannot be read, and speaks of no object: chart/broken.yaml',
    );
    expect(placesOf(await check(['.', 'chart/broken.yaml']))).to.deep.equal(['Unreadable chart/broken.yaml:2']);
  });

  it('takes a small policy at the end of a large file for small', async () => {
    const filler = Array.from(
      { length: 4_000 },
      (_, index) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${index}}\ndata: {a: ${'b'.repeat(60)}}\n`,
    );
    at().write({ ...GOOD, 'large.yaml': [...filler, OPEN_POLICY].join('---\n') });
    const { results } = await check(['--fail-on', 'info', '.']);
    expect(results.map(({ rule, line }) => `${rule} ${line}`)).to.deep.equal(['ForeignPolicyOpensNamespace 20001']);
  });

  it('finds what an API server refuses of objects of any shape, and survives them', async () => {
    const odd = [
      'metadata: {name: x, labels: 3, finalizers: 1, managedFields: [1], ownerReferences: {}}',
      'metadata: 7',
      'spec: []',
    ];
    const kinds = [
      'networking.k8s.io/v1 NetworkPolicy',
      'v1 Namespace',
      'v1 Service',
      'rbac.authorization.k8s.io/v1 Role',
    ];
    const texts = kinds.flatMap((kind) =>
      odd.map((rest) => `apiVersion: ${kind.split(' ')[0]}\nkind: ${kind.split(' ')[1]}\n${rest}\n`),
    );
    at().write({ ...GOOD, 'odd.yaml': texts.join('---\n') });
    const { results, code } = await check(['-n', 'payments', '.']);
    expect([code, new Set(results.map(({ rule }) => rule))]).to.deep.equal([1, new Set(['InvalidObject'])]);
  });

  describe('of a kustomize directory', () => {
    const path = process.env.PATH;
    afterEach(() => {
      process.env.PATH = path;
    });
    const install = (name: string, script: string): void => {
      const bin = join(at().directory, 'bin');
      mkdirSync(bin, { recursive: true });
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, name), 0o755);
      process.env.PATH = `${bin}:/bin:/usr/bin`;
    };
    const OVERLAY = {
      'overlay/kustomization.yaml': 'resources: [policy.yaml, ../base]\n',
      'overlay/policy.yaml': `# ours\n${OPEN_POLICY}`,
      'overlay/built.txt': `${OPEN_POLICY}---\n${NAMESPACE}---\n${BASELINE}`,
    };

    it('checks what kustomize makes of it, at the lines of its files', async () => {
      at().write(OVERLAY);
      install('kustomize', '[ "$1" = build ] && cat "$3/built.txt"');
      const { results } = await check(['--fail-on', 'error', 'overlay']);
      expect(results.map(({ rule, file, line }) => `${rule} ${file}:${line}`)).to.deep.equal([
        'ForeignPolicyOpensNamespace overlay/policy.yaml:2',
        'GrantableUnknown overlay/kustomization.yaml:1',
      ]);
    });

    it('takes kubectl where there is no kustomize, and tells what it said where it fails', async () => {
      at().write(OVERLAY);
      install('kubectl', 'echo "no base" >&2; exit 1');
      process.env.PATH = join(at().directory, 'bin');
      const { code, err } = await check(['overlay']);
      expect(code).to.equal(2);
      expect(err).to.match(/^error: kubectl kustomize overlay: /);
      process.env.PATH = at().directory;
      expect((await check(['overlay'])).err).to.contain('install kustomize or kubectl');
    });

    it('says how to give a chart', async () => {
      at().write({ 'chart/Chart.yaml': 'name: x\n' });
      const { code, err } = await check(['chart']);
      expect([code, err]).to.deep.equal([
        2,
        'error: chart is a Helm chart: write helm template chart | drawbridge … -\n',
      ]);
    });
  });
});
