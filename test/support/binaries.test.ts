import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { cacheDir, findBinaries } from './controlPlane/binaries.ts';
import { buildBinaries } from './controlPlane/build.ts';
import { startControlPlane } from './controlPlane/controlPlane.ts';
import { START_TIMEOUT_MS } from './sharedControlPlane.ts';

describe('control plane binaries', function () {
  this.timeout(START_TIMEOUT_MS);
  const assetsBefore = process.env.KUBEBUILDER_ASSETS;
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'drawbridge-test-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
    if (assetsBefore === undefined) delete process.env.KUBEBUILDER_ASSETS;
    else process.env.KUBEBUILDER_ASSETS = assetsBefore;
  });

  const link = async (...names: readonly ('etcd' | 'kube-apiserver')[]) => {
    const { etcd, kubeApiserver } = await findBinaries();
    for (const name of names) symlinkSync(name === 'etcd' ? etcd : kubeApiserver, join(dir, name));
  };

  it('come from KUBEBUILDER_ASSETS when it is set, without kube-controller-manager if need be', async () => {
    await link('etcd', 'kube-apiserver');
    process.env.KUBEBUILDER_ASSETS = dir;
    expect(await findBinaries()).to.deep.equal({
      etcd: join(dir, 'etcd'),
      kubeApiserver: join(dir, 'kube-apiserver'),
      kubeControllerManager: undefined,
      kubectl: undefined,
    });
    await (await startControlPlane({ controllerManager: false })).stop();
    const error: Error = await startControlPlane().then(
      () => new Error('started'),
      (reason) => reason,
    );
    expect(error.message).to.match(/^KUBEBUILDER_ASSETS has no kube-controller-manager/);
  });

  it('are missed by name when KUBEBUILDER_ASSETS lacks them', async () => {
    await link('etcd');
    const error: Error = await findBinaries({ env: { KUBEBUILDER_ASSETS: dir } }).catch((reason) => reason);
    expect(error.message).to.equal(`KUBEBUILDER_ASSETS=${dir} has no executable kube-apiserver`);
  });

  it('are explained in one message when there is no Go, no cache and no KUBEBUILDER_ASSETS', async () => {
    const env = { PATH: dir, XDG_CACHE_HOME: dir };
    const error: Error = await findBinaries({ env }).catch((reason) => reason);
    expect(error.message)
      .to.contain('1. Install Go')
      .and.to.contain('2. Set KUBEBUILDER_ASSETS')
      .and.to.contain('3. Copy ');
  });

  /** An environment whose `go` answers `go version` and otherwise runs `script`, with the output's path in $out. */
  const withGo = (script: string): NodeJS.ProcessEnv => {
    const go = `#!/bin/sh\n[ "$1" = version ] && exit 0\nwhile [ "$1" != -o ]; do shift; done\nout=$2\n${script}\n`;
    writeFileSync(join(dir, 'go'), go, { mode: 0o755 });
    return { PATH: `${dir}:${process.env.PATH}`, XDG_CACHE_HOME: dir };
  };
  const cached = () => readdirSync(join(dir, 'drawbridge'));

  it('leave nothing behind when the compiler fails', async () => {
    const log: string[] = [];
    const env = withGo('echo "no space left" >&2; exit 1');
    const error: Error = await findBinaries({ env, log: (line) => log.push(line) }).catch((reason) => reason);
    expect(error.message).to.contain('go build failed').and.to.contain('no space left');
    expect(cached()).to.deep.equal([]);
    expect(log[0]).to.contain('about five minutes');
  });

  it('may be built twice at once: one build stays', async () => {
    const env = withGo('sleep 0.3; echo "#!/bin/sh" > "$out"; chmod +x "$out"');
    const targetDir = cacheDir(env);
    const moduleDir = fileURLToPath(new URL('../controlplane/', import.meta.url));
    const build = () => buildBinaries({ moduleDir, targetDir, env, log: () => undefined });
    await Promise.all([build(), build()]);
    expect(cached()).to.deep.equal([basename(targetDir)]);
    expect((await findBinaries({ env })).kubectl).to.equal(join(targetDir, 'kubectl'));
  });
});
