import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { baselineText, CLEAN_POLICY, GOOD_RULE, POOR_POLICY, useWorkplace } from '../run.ts';

const EXEC_HIDDEN = 'level: None';

describe('drawbridge audit lint', () => {
  const at = useWorkplace();
  /** `file:line:column rule` of all that is found. */
  const found = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { out } = await at().run(['audit', 'lint', '-o', 'json', ...args]);
    return JSON.parse(out).results.map(
      (one: Readonly<Record<string, unknown>>) => `${one.file}:${one.line}:${one.column} ${one.rule}`,
    );
  };

  it('says what is wrong with a policy, where, and what to write instead', async () => {
    at().write({ 'policy.yaml': POOR_POLICY });
    expect(await at().run(['audit', 'lint', 'policy.yaml'])).to.deep.equal({
      code: 1,
      out:
        'SEVERITY  WHERE             RULE               MESSAGE\n' +
        'warning   policy.yaml:4:3   writes-unrecorded  nothing is recorded of create deployments: give the rule the verbs get, list and watch, or level Metadata\n' +
        'error     policy.yaml:7:11  unknown-verb       no request has the verb "creat": known are get, list, watch, create, update, patch, delete, deletecollection, proxy, head, post, put, options, connect, trace\n',
      err: 'audit policies and sections: 1, found: 1 error, 1 warning\n',
    });
  });

  it('says nothing on standard output where nothing is wrong', async () => {
    at().write({ 'policy.yaml': CLEAN_POLICY });
    expect(await at().run(['audit', 'lint', 'policy.yaml'])).to.deep.equal({
      code: 0,
      out: '',
      err: 'audit policies and sections: 1, found: nothing\n',
    });
  });

  it('reads strictly, at the place of the field', async () => {
    at().write({ 'policy.yaml': `${CLEAN_POLICY}  verb: [get]\n- {level: Metadata, users: [0o7]}\n` });
    expect(await found('policy.yaml')).to.deep.equal(['policy.yaml:6:29 invalid-policy']);
    at().write({ 'policy.yaml': `${CLEAN_POLICY}  verb: [get]\n- level: All\n` });
    expect(await found('policy.yaml')).to.deep.equal([
      'policy.yaml:5:3 invalid-policy',
      'policy.yaml:6:3 invalid-policy',
    ]);
  });

  it('says where it is in its file also for what is about the text of a document', async () => {
    const odd = `${CLEAN_POLICY}  users: [0o7]\n`;
    const { out } = await at().run(['audit', 'lint', '-o', 'json', '-'], { stdin: `a: 1\n---\n---\n${odd}` });
    expect(JSON.parse(out).results[0]).to.include({ rule: 'invalid-policy', line: 8, column: 11 });
    at().write({ 'a.yaml': `${CLEAN_POLICY}rules: []\n` });
    const twice = await at().run(['audit', 'lint', 'a.yaml']);
    expect(twice.out).to.match(/a\.yaml:5:1 +invalid-policy +Map keys must be unique\n$/);
  });

  it('judges for the version of the API servers, which is the oldest one unless it is named', async () => {
    at().write({ 'policy.yaml': `${CLEAN_POLICY}  resources: [{group: "*"}]\n- level: Metadata\n` });
    expect(await found('policy.yaml')).to.deep.equal(['policy.yaml:5:16 invalid-policy']);
    expect(await found('--kubernetes-version', 'v1.36.3', 'policy.yaml')).to.deep.equal([]);
    for (const version of ['1.30', '36', '2.1', 'x']) {
      const { code, err } = await at().run(['audit', 'lint', '--kubernetes-version', version, 'policy.yaml']);
      expect([code, /--kubernetes-version/.test(err)], version).to.deep.equal([2, true]);
    }
  });

  it('knows what is wrong under --audit-mode blocking-strict', async () => {
    at().write({ 'policy.yaml': `omitStages: [RequestReceived]\n${CLEAN_POLICY}` });
    expect(await found('policy.yaml')).to.deep.equal([]);
    expect(await found('--audit-mode', 'blocking-strict', 'policy.yaml')).to.deep.equal([
      'policy.yaml:1:1 strict-without-received',
    ]);
  });

  it('reads the audit section of a baseline as the operator does', async () => {
    at().write({ 'a.yaml': baselineText('{level: Request, verbs: [update, read]}') });
    expect(await found('a.yaml')).to.deep.equal(['a.yaml:9:46 unknown-verb']);
    at().write({ 'a.yaml': baselineText('{level: Request, verb: [update]}') });
    expect(await found('a.yaml')).to.deep.equal(['a.yaml:9:30 invalid-section']);
    at().write({ 'a.yaml': baselineText(GOOD_RULE).replace('Metadata', 'None') });
    expect(await found('a.yaml')).to.deep.equal(['a.yaml:8:5 writes-unrecorded', 'a.yaml:9:5 exec-unseen']);
    at().write({ 'a.yaml': baselineText(GOOD_RULE) });
    expect(await found('a.yaml')).to.deep.equal([]);
  });

  it('finds a field that stands twice in a baseline, of which a server takes the last', async () => {
    at().write({ 'a.yaml': baselineText(GOOD_RULE, '  audit: {level: None}\n') });
    expect(await found('a.yaml')).to.deep.equal(['a.yaml:10:3 invalid-section']);
  });

  it('finds such a field in the baseline of a list that it stands in', async () => {
    const item = (text: string) => text.replace(/^(?=.)/gm, '  ').replace(/^ {2}/, '- ');
    const twice = item(baselineText(GOOD_RULE, '  audit: {level: None}\n', 'b'));
    at().write({
      'a.yaml': `kind: List\nitems:\n${item(baselineText(GOOD_RULE))}${twice}${item(baselineText(GOOD_RULE))}`,
    });
    expect(await found('a.yaml')).to.deep.equal(['a.yaml:21:5 invalid-section']);
  });

  it('goes through directories, and reads each file once, also round a circle of links', async () => {
    at().write({ 'a/policy.yaml': POOR_POLICY, 'a/b/c.yml': POOR_POLICY, 'a/d.json': '{}', 'a/e.txt': POOR_POLICY });
    symlinkSync('..', join(at().directory, 'a/b/up'));
    symlinkSync('self', join(at().directory, 'a/self'));
    symlinkSync('policy.yaml', join(at().directory, 'a/z.yaml'));
    expect(await found('.', 'a/policy.yaml')).to.deep.equal([
      'a/b/c.yml:4:3 writes-unrecorded',
      'a/b/c.yml:7:11 unknown-verb',
      'a/policy.yaml:4:3 writes-unrecorded',
      'a/policy.yaml:7:11 unknown-verb',
    ]);
  });

  it('says what it skips: of files that were named each, of those in directories how many', async () => {
    at().write({ 'a.yaml': 'a: 1\n---\nb: 1\n', 'b/c.yaml': 'a: 1\n', 'b/d.yaml': 'a: 1\n', 'b/e.yaml': CLEAN_POLICY });
    const { err } = await at().run(['audit', 'lint', 'a.yaml', 'b']);
    const neither = 'neither an audit policy nor a baseline with an audit section';
    expect(err.split('\n').slice(0, 2)).to.deep.equal([
      `a.yaml: skipped 2 documents that are ${neither}`,
      `2 files in directories: skipped 2 documents that are ${neither}`,
    ]);
  });

  it('reads standard input, of which each document may be a policy', async () => {
    const stdin = `kind: ConfigMap\n---\n---\n${POOR_POLICY}---\n${baselineText('{level: None}')}`;
    const { code, out, err } = await at().run(['audit', 'lint', '-', '-o', 'github'], { stdin });
    expect(code).to.equal(1);
    expect(out.split('\n').map((line) => /^::\w+ (file=[^:]*)::/.exec(line)?.[1])).to.deep.equal([
      'file=<stdin>,line=7,col=3,title=writes-unrecorded',
      'file=<stdin>,line=10,col=11,title=unknown-verb',
      'file=<stdin>,line=21,col=14,title=invalid-section',
      undefined,
    ]);
    expect(err).to.contain('<stdin>: skipped a document that is neither');
    const alone = await at().run(['audit', 'lint', '-'], { stdin: `---\n---\n${CLEAN_POLICY}---\n` });
    expect([alone.code, alone.out]).to.deep.equal([0, '']);
  });

  it('warns of a policy that is not alone in its file, because a server reads the first document', async () => {
    at().write({ 'policy.yaml': `${CLEAN_POLICY}---\n${CLEAN_POLICY}` });
    expect(await found('policy.yaml')).to.deep.equal([
      'policy.yaml:1:1 several-documents',
      'policy.yaml:6:1 several-documents',
    ]);
    at().write({ 'policy.yaml': `---\n---\n${CLEAN_POLICY}` });
    expect(await found('policy.yaml'), 'the first is empty').to.deep.equal(['policy.yaml:2:1 invalid-policy']);
  });

  it('takes the objects of a list for what kubectl got them as', async () => {
    const items = baselineText('{level: Request, verbs: [read]}')
      .replace(/^(?=.)/gm, '  ')
      .replace(/^ {2}/, '- ');
    at().write({ 'list.yaml': `apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n${items}` });
    expect(await found('list.yaml')).to.deep.equal(['list.yaml:13:40 unknown-verb']);
    at().write({
      'list.json': JSON.stringify({ kind: 'List', items: [{ apiVersion: 'audit.k8s.io/v1', kind: 'Policy' }] }),
    });
    expect(await found('list.json')).to.deep.equal(['list.json:1:25 invalid-policy']);
  });

  it('takes for a policy what was meant as one', async () => {
    for (const text of [
      CLEAN_POLICY.replace('Policy', 'policy'),
      CLEAN_POLICY.replace('v1', 'v1beta1'),
      CLEAN_POLICY.replace(/^kind.*\n/m, ''),
      CLEAN_POLICY.replace(/^apiV.*\n/m, ''),
      `rules: [{${EXEC_HIDDEN}}]`,
    ]) {
      at().write({ 'policy.yaml': text });
      const { code, out } = await at().run(['audit', 'lint', 'policy.yaml']);
      expect([code, /invalid-policy/.test(out)], text).to.deep.equal([1, true]);
    }
  });

  it('is no silent success where there is nothing to lint', async () => {
    at().write({
      'a.yaml': 'kind: Event\napiVersion: audit.k8s.io/v1\n',
      'b.yaml': '',
      'c/d.yaml': baselineText('').replace(/ {2}audit:(.|\n)*/, ''),
    });
    for (const path of ['a.yaml', 'b.yaml', 'c', '.', '-']) {
      const { code, out, err } = await at().run(['audit', 'lint', path]);
      expect([code, out], path).to.deep.equal([2, '']);
      expect(err, path).to.contain('there is nothing to lint: name a file that holds a Policy of audit.k8s.io/v1');
    }
  });

  it('reports what it cannot read, unless nobody named it and it speaks of something else', async () => {
    at().write({
      'chart/values.yaml': '{{- if .Values.a }}\na: [\n',
      'chart/tsconfig.json': '{"a": [ // why\n}',
      'chart/policy.yaml': CLEAN_POLICY,
    });
    expect(await found('chart')).to.deep.equal([]);
    expect(await found('chart/values.yaml')).to.deep.equal(['chart/values.yaml:1:2 unreadable']);
    expect(await found('chart/tsconfig.json')).to.deep.equal(['chart/tsconfig.json:2:1 unreadable']);
    at().write({ 'chart/values.yaml': `{{- if .Values.a }}\n${CLEAN_POLICY}` });
    expect(await found('chart')).to.deep.equal(['chart/values.yaml:1:2 unreadable']);
  });

  it('ends with 1 from the severity on that --fail-on names', async () => {
    at().write({ 'warn.yaml': POOR_POLICY.replace('creat]', 'create]'), 'error.yaml': POOR_POLICY });
    const code = async (file: string, severity: string) =>
      (await at().run(['audit', 'lint', '--fail-on', severity, file])).code;
    const codes = async (file: string) =>
      Promise.all(['error', 'warning', 'info', 'none', 'all'].map((severity) => code(file, severity)));
    expect(await codes('warn.yaml')).to.deep.equal([0, 1, 1, 0, 2]);
    expect(await codes('error.yaml')).to.deep.equal([1, 1, 1, 0, 2]);
  });
});
