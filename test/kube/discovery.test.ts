import { expect } from 'chai';
import { servedGroups, serverVersion } from '../../src/kube/discovery.ts';
import type { JsonTransport, KubeRequest } from '../../src/kube/transport.ts';
import { caught } from './caught.ts';

const answering = (answers: Readonly<Record<string, unknown>>): JsonTransport => ({
  host: 'fake',
  json: <T>({ path }: KubeRequest) => Promise.resolve(answers[path] as T),
});

describe('Discovery', () => {
  it('gives the groups, the core group first, the preferred version first', async () => {
    const groups = await servedGroups(
      answering({
        '/api': { kind: 'APIVersions', versions: ['v1'] },
        '/apis': {
          kind: 'APIGroupList',
          groups: [
            { name: 'apps', versions: [{ version: 'v1' }], preferredVersion: { version: 'v1' } },
            {
              name: 'policy.networking.k8s.io',
              versions: [{ version: 'v1alpha1' }, { version: 'v1alpha2' }],
              preferredVersion: { version: 'v1alpha2' },
            },
            { name: 'bare' },
          ],
        },
      }),
    );
    expect(groups).to.deep.equal([
      { group: '', versions: ['v1'] },
      { group: 'apps', versions: ['v1'] },
      { group: 'policy.networking.k8s.io', versions: ['v1alpha2', 'v1alpha1'] },
      { group: 'bare', versions: [] },
    ]);
  });

  it('reads the version that providers decorate', async () => {
    const version = { major: '1', minor: '36+', gitVersion: 'v1.36.3-gke.100' };
    expect(await serverVersion(answering({ '/version': version }))).to.deep.equal({
      major: 1,
      minor: 36,
      gitVersion: 'v1.36.3-gke.100',
    });
  });

  it('fails when the version is no number', async () => {
    expect(String(await caught(serverVersion(answering({ '/version': { major: '', minor: '' } }))))).to.contain(
      'is no number',
    );
  });
});
