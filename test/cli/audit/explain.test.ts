import { expect } from 'chai';
import { parse } from 'yaml';
import { explain } from '../../../src/audit/match.ts';
import { readPolicy } from '../../../src/audit/readPolicy.ts';
import { requestOfFlags } from '../../../src/cli/audit/request.ts';
import { baselineText, GOOD_RULE, useWorkplace } from '../run.ts';

const POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  users: [system:kube-proxy]
- level: Metadata
  resources: [{group: "", resources: [secrets]}]
- level: RequestResponse
  verbs: [create, update]
  resources: [{group: apps}]
- level: None
  userGroups: [system:serviceaccounts]
  nonResourceURLs: [/healthz*]
- level: Metadata
  verbs: [get]
  omitStages: [ResponseStarted, ResponseComplete]
`;

describe('drawbridge audit explain', () => {
  const at = useWorkplace();
  beforeEach(() => at().write({ 'policy.yaml': POLICY }));
  const explained = async (...args: readonly string[]) => {
    const { code, out, err } = await at().run(['audit', 'explain', '--policy', 'policy.yaml', '-o', 'json', ...args]);
    expect([code, err], err).to.deep.equal([0, '']);
    return JSON.parse(out);
  };

  it('says level, stages and rule, and why not the rules before it', async () => {
    const args = ['--verb', 'update', '--resource', 'deployments.apps/scale', '--namespace', 'shop', '--name', 'web'];
    const { code, out, err } = await at().run(['audit', 'explain', '--policy', 'policy.yaml', ...args]);
    expect([code, err]).to.deep.equal([0, '']);
    expect(
      out,
    ).to.equal(`request         update deployments.apps/scale "web" in namespace shop by somebody (system:authenticated)
answer          rules[2] is the first that matches the request
rule            rules[2] at policy.yaml:9:3
level           RequestResponse
stages          ResponseComplete
managed fields  recorded
passed over     rules[0] at policy.yaml:5:3: its users are system:kube-proxy
passed over     rules[1] at policy.yaml:7:3: its resources are secrets of the core group
`);
  });

  it('says plainly where there is no event, and why', async () => {
    const proxy = await explained('--verb', 'watch', '--resource', 'services', '--user', 'system:kube-proxy');
    expect(proxy).to.include({ recorded: false, level: 'None' });
    expect(proxy.why).to.equal('no event: rules[0] is the first that matches the request, and its level is None');
    const pods = await explained('--verb', 'list', '--resource', 'pods');
    expect(pods).to.include({ recorded: false, rule: null });
    expect(pods.why).to.equal('no event: no rule matches the request, and what no rule matches is not recorded');
    expect(pods.passedOver).to.have.lengthOf(5);
    const stages = await explained('--verb', 'get', '--resource', 'pods', '--name', 'a', '--namespace', 'b');
    expect(stages).to.include({ recorded: false, level: 'Metadata' });
    expect(stages.why).to.match(/^no event: rules\[4\] matches first, and every stage/);
  });

  it('gives a user the groups that every server gives', async () => {
    const account = await explained('--verb', 'get', '--path', '/healthz/ping', '--user', 'system:serviceaccount:a:b');
    expect(account.rule).to.include({ path: 'rules[3]', line: 12 });
    expect(account.request).to.contain('system:serviceaccounts, system:serviceaccounts:a, system:authenticated');
    const grouped = await explained(
      '--verb',
      'get',
      '--path',
      '/healthz',
      '--user',
      'x',
      '--user-group',
      'system:serviceaccounts',
      '--user-group',
      'b',
    );
    expect(grouped.rule.path).to.equal('rules[3]');
    const nobody = await explained('--verb', 'get', '--path', '/healthz', '--no-user');
    expect(nobody.passedOver.at(-1).because).to.contain('nobody authenticated');
  });

  it('says the same as the engine, in each format', async () => {
    const flags = { verb: 'create', resource: 'pods', namespace: 'a' };
    const args = ['--verb', 'create', '--resource', 'pods', '--namespace', 'a'];
    const { policy } = readPolicy(POLICY, 36);
    if (policy === undefined) throw new Error('the policy of the test cannot be read');
    const expected = explain(policy, requestOfFlags(flags));
    const json = await explained(...args);
    expect(json).to.deep.include({ level: expected.level, stages: expected.stages });
    const yaml = await at().run(['audit', 'explain', '--policy', 'policy.yaml', '-o', 'yaml', ...args]);
    expect(parse(yaml.out)).to.deep.equal(json);
  });

  it('explains what is compiled', async () => {
    at().write({ 'baseline.yaml': baselineText(GOOD_RULE) });
    const { out: stdin } = await at().run(['audit', 'compile', 'baseline.yaml']);
    const args = ['audit', 'explain', '--policy', '-', '--verb', 'update', '--resource', 'secrets', '--namespace', 'a'];
    const { out } = await at().run(args, { stdin });
    expect(out).to.match(/^rule +rules\[0\] at <stdin>:6:3\nlevel +Metadata$/m);
  });

  it('reads a policy from standard input', async () => {
    const args = ['audit', 'explain', '--policy', '-', '--verb', 'get', '--path', '/version', '-o', 'json'];
    const { out } = await at().run(args, { stdin: POLICY });
    expect(JSON.parse(out).rule).to.deep.equal({ path: 'rules[4]', file: '<stdin>', line: 15, column: 3 });
  });

  for (const [args, said] of [
    ['--verb get', 'write either --resource'],
    ['--verb get --resource pods --path /a', 'write either --resource'],
    ['--verb read --resource pods', 'write get'],
    ['--verb * --resource pods', 'name one verb'],
    ['--verb list --path /healthz', 'no request has the verb "list"'],
    ['--verb get --path healthz', 'begins with a slash'],
    ['--verb get --path /api/v1/pods', 'describe it by --resource'],
    ['--verb get --path /apis/apps/v1/deployments', 'describe it by --resource'],
    ['--verb get --path /healthz?verbose', 'question mark'],
    ['--verb get --resource nodes --namespace a', 'leave --namespace out'],
    ['--verb create --resource pods', 'add --namespace'],
    ['--verb get --resource deployments.apps --group batch --namespace a', 'contradicts "apps"'],
    ['--verb create --resource pods/exec --subresource log --namespace a', 'contradicts "exec"'],
    ['--verb get --resource namespaces --namespace a --name b', 'contradicts "b"'],
    ['--verb get --resource /a', 'write one such as pods'],
    ['--verb get --path /a --no-user --user-group b', 'leave --user-group out'],
    ['--resource pods', "'--verb <verb>' not specified"],
  ] as const) {
    it(`refuses a request that no server gets: ${args}`, async () => {
      const { code, out, err } = await at().run(['audit', 'explain', '--policy', 'policy.yaml', ...args.split(' ')]);
      expect([code, out]).to.deep.equal([2, '']);
      expect(err).to.contain(said);
    });
  }

  it('explains nothing by a policy that a server would not read so', async () => {
    at().write({
      'typo.yaml': `${POLICY}  verb: [get]\n`,
      'two.yaml': `${POLICY}---\n${POLICY}`,
      'none.yaml': 'a: 1\n',
      'broken.yaml': '[',
    });
    for (const [file, said] of [
      ['typo.yaml', 'typo.yaml:18: the field is not known'],
      ['two.yaml', 'it holds 2 policies'],
      ['none.yaml', 'it holds no Policy'],
      ['broken.yaml', 'broken.yaml:1:'],
      ['gone.yaml', 'there is no such file'],
    ] as const) {
      const { code, out, err } = await at().run([
        'audit',
        'explain',
        '--policy',
        file,
        '--verb',
        'get',
        '--path',
        '/a',
      ]);
      expect([code, out], file).to.deep.equal([2, '']);
      expect(err).to.contain(said);
    }
  });
});

describe('A request by flags', () => {
  it('for a Namespace has that one as its own', () => {
    const target = { type: 'resource', group: '', resource: 'namespaces', subresource: '', namespace: 'a', name: 'a' };
    expect(requestOfFlags({ verb: 'get', resource: 'namespaces', name: 'a' }).target).to.deep.equal(target);
  });

  it('takes group and subresource apart, or by flags of their own', () => {
    const target = {
      type: 'resource',
      group: 'apps',
      resource: 'deployments',
      subresource: 'scale',
      namespace: 'a',
      name: '',
    };
    const of = { verb: 'patch', namespace: 'a' };
    expect(requestOfFlags({ ...of, resource: 'deployments.apps/scale' }).target).to.deep.equal(target);
    expect(
      requestOfFlags({ ...of, resource: 'deployments', group: 'apps', subresource: 'scale' }).target,
    ).to.deep.equal(target);
  });
});
