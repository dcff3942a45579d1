import { expect } from 'chai';
import { BASELINE, GOOD } from '../samples.ts';
import { useCheck } from './run.ts';

const binding = (role: string, subject: string): string => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: everything}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${role}}
subjects: [${subject}]
`;
const ALL = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: all}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
`;
const PERSON = '{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}';
const forbidding = (more: string): string => BASELINE.replace('  rbac:\n', `${more}  rbac:\n`);

describe('drawbridge check of what reaches into every namespace', () => {
  const { at, check } = useCheck();
  const found = async (baseline: string) => {
    at().write({
      ...GOOD,
      'baseline.yaml': baseline,
      'binding.yaml': `# by hand\n${binding('all', PERSON)}---\n${ALL}`,
    });
    const { code, results } = await check(['.']);
    return { code, said: results.map(({ rule, severity, file, line }) => `${rule} ${severity} ${file}:${line}`) };
  };

  it('finds a ClusterRoleBinding that grants what a baseline forbids', async () => {
    const forbid = BASELINE.replace('  rbac:\n', '  rbac:\n    forbid: [Wildcards]\n');
    const { code, said } = await found(forbid);
    expect([code, said]).to.deep.equal([1, ['GrantsEverything error binding.yaml:2']]);
  });

  it('finds it where clusterChecks ask for it', async () => {
    expect((await found(forbidding('  clusterChecks: [ClusterAdmin]\n'))).said).to.deep.equal([
      'GrantsEverything error binding.yaml:2',
    ]);
  });

  it('says nothing where no baseline asks', async () => {
    expect(await found(BASELINE)).to.deep.equal({ code: 0, said: [] });
  });

  it('says at the baseline what files cannot tell of an API server, and fails nobody for it', async () => {
    at().write({ ...GOOD, 'baseline.yaml': forbidding('  clusterChecks: [AnonymousAccess]\n') });
    const { code, results } = await check(['.']);
    expect([code, results.map(({ rule, severity, line }) => `${rule} ${severity} ${line}`)]).to.deep.equal([
      0,
      ['AnonymousAccessUnknown info 12'],
    ]);
    expect(results[0]?.message).to.not.contain('(in');
  });

  it('warns where policies of another API are beside the baselines: they may open what it closes', async () => {
    const cilium = 'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: a, namespace: payments}\n';
    at().write({ ...GOOD, 'cilium.yaml': cilium });
    const { code, results, notJudged } = await check(['.']);
    expect([code, results.map(({ rule, severity }) => `${rule} ${severity}`)]).to.deep.equal([
      1,
      ['OtherPolicyApi warning'],
    ]);
    expect(notJudged).to.deep.include({
      file: 'cilium.yaml',
      line: 1,
      column: 1,
      object: 'CiliumNetworkPolicy payments/a',
      why: 'no baseline is about its kind',
    });
  });
});
