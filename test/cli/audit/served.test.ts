import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { findBinaries } from '../../support/controlPlane/binaries.ts';
import { useSharedControlPlane } from '../../support/sharedControlPlane.ts';
import { useWorkplace } from '../run.ts';

const POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  resources: [{group: "", resources: [pods, pods/exec, deployments, pods/execs]}, {group: apps, resources: [deployments/scale]}]
- level: Metadata
`;
const UNSERVED = [
  'policy.yaml:5:56 deployments is not served in the core group: its group is "apps"',
  'policy.yaml:5:69 pods/execs is not served in the core group: leave it out',
];
const lists = (resources: readonly string[]): string =>
  JSON.stringify({
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: resources.map((name) => ({ name })),
  });
const APPS =
  '{"kind":"APIResourceList","groupVersion":"apps/v1","resources":[{"name":"deployments"},{"name":"deployments/scale"}]}';

describe('audit lint --discovery', () => {
  const at = useWorkplace();
  beforeEach(() => at().write({ 'policy.yaml': POLICY }));
  const found = async (discovery: string): Promise<readonly string[]> => {
    const { out } = await at().run(['audit', 'lint', '-o', 'json', '--discovery', discovery, 'policy.yaml']);
    return JSON.parse(out).results.map(
      (one: Readonly<Record<string, unknown>>) => `${one.file}:${one.line}:${one.column} ${one.message}`,
    );
  };

  it('finds resources that are not served, by the lists in a directory', async () => {
    at().write({
      'cache/v1/a.json': lists(['pods', 'pods/exec']),
      'cache/apps/v1/b.json': APPS,
      'cache/c.json': '{"kind":"APIGroupList"}',
    });
    expect(await found('cache')).to.deep.equal(UNSERVED);
  });

  it('refuses lists that cannot be read, or are not all', async () => {
    at().write({ 'a/a.json': '{', 'b/b.json': APPS, 'c/c.json': lists([]) });
    for (const [path, said] of [
      ['a', 'a/a.json: '],
      ['b', 'b: it holds no APIResourceList of the core group'],
      ['c', 'c: it holds no APIResourceList of the core group'],
      ['d', 'd: there is no such file'],
    ] as const) {
      const { code, out, err } = await at().run(['audit', 'lint', '--discovery', path, 'policy.yaml']);
      expect([code, out], path).to.deep.equal([2, '']);
      expect(err).to.contain(said);
    }
  });

  describe('of a real API server', function () {
    this.timeout(60_000);
    const controlPlane = useSharedControlPlane();

    it('reads what kubectl keeps', async function () {
      const { kubectl } = await findBinaries();
      // The usual KUBEBUILDER_ASSETS may lack it.
      if (kubectl === undefined) return this.skip();
      const cache = join(at().directory, 'cache');
      execFileSync(kubectl, [`--kubeconfig=${controlPlane().kubeconfig}`, `--cache-dir=${cache}`, 'api-resources']);
      return expect(await found(join('cache', 'discovery'))).to.deep.equal(UNSERVED);
    });
  });
});
