import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse, stringify } from 'yaml';
import type { Bundled } from '../../tools/bundle/build.ts';
import { bundled, ENTRY, PARTS, sumsOf, writeBundle } from '../../tools/bundle/build.ts';
import { RUNTIME } from '../../tools/bundle/runtime.ts';
import { eventually } from '../support/eventually.ts';
import { install, OPERATOR_ACCOUNT, OPERATOR_NAMESPACE } from '../support/install.ts';
import type { KubeAdmin } from '../support/kubeAdmin.ts';
import { kubeAdmin } from '../support/kubeAdmin.ts';
import { startOperator } from '../support/operator.ts';
import { useSharedControlPlane } from '../support/sharedControlPlane.ts';
import { runNode, startNode } from './unprivileged.ts';

const ROOT = join(import.meta.dirname, '../..');
const FLAGS = RUNTIME.nodeArgs;
const STOPS_WITHIN_MS = 10_000;

describe('The bundle', function () {
  this.timeout(60_000);
  let made: Bundled;
  /** All of it. */
  let text = '';
  let dir = '';
  let bundle = '';

  before(async () => {
    made = await bundled();
    text = made.files.map((file) => file.text).join('');
    // A directory that others may enter, and that nobody may write to: as in the image.
    dir = mkdtempSync(join(tmpdir(), 'drawbridge-bundle-'));
    const home = join(dir, 'program');
    bundle = join(home, ENTRY);
    await writeBundle(made, home);
    for (const { path } of made.files) chmodSync(join(home, path), 0o444);
    for (const one of [join(home, PARTS), home]) chmodSync(one, 0o555);
    chmodSync(dir, 0o755);
  });
  after(() => {
    for (const one of ['program', join('program', PARTS)]) chmodSync(join(dir, one), 0o755);
    rmSync(dir, { recursive: true });
  });
  const run = (...args: readonly string[]) => runNode([...FLAGS, bundle, ...args], { cwd: join(bundle, '..') });

  it('is the same, byte for byte, when it is built again', async () => {
    expect(sumsOf((await bundled()).files)).to.equal(sumsOf(made.files));
  });

  it('is written with hashes that sha256sum checks, and leaves no part of an older one', async () => {
    const other = join(dir, 'other');
    mkdirSync(join(other, PARTS), { recursive: true });
    writeFileSync(join(other, PARTS, 'old.mjs'), '');
    await writeBundle(made, other);
    expect(readdirSync(join(other, PARTS)).map((name) => `${PARTS}/${name}`)).to.have.members(
      made.files.slice(1).map(({ path }) => path),
    );
    expect(execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: other }).toString()).to.equal('');
  });

  it('is one small program, and loads what a command needs when it runs', () => {
    const [entry] = made.files;
    expect(entry?.path).to.equal(ENTRY);
    expect(entry?.text.startsWith('#!/usr/bin/env node\n')).to.equal(true);
    for (const part of ['operator', 'receiver', 'check']) {
      expect(
        made.files.some(({ path }) => path.startsWith(`${PARTS}/${part}-`)),
        part,
      ).to.equal(true);
    }
    // The operator's own transport: whoever asks for a version or completions never reads it.
    expect(entry?.text).not.to.contain('// node_modules/undici/');
  });

  it('names no directory of this machine', () => {
    expect(text).not.to.contain(ROOT);
    if (homedir().length > 1) expect(text).not.to.contain(`${homedir()}/`);
  });

  it("has none of the client library's generated API", () => {
    expect(text).not.to.contain('// node_modules/@kubernetes/client-node/dist/gen/');
    expect(text).to.contain('// node_modules/@kubernetes/client-node/dist/config.js');
  });

  it('is ASCII, so that V8 keeps it with one byte a character', () => {
    expect(/\P{ASCII}/u.exec(text)?.[0]).to.equal(undefined);
  });

  it('has of undici its connections alone', () => {
    expect(text).to.contain('// node_modules/undici/lib/dispatcher/pool.js');
    expect(text).not.to.contain('// node_modules/undici/index.js');
    expect(text).not.to.contain('// node_modules/undici/lib/web/fetch/index.js');
  });

  it('is run by the image as it was measured', () => {
    const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
    const entry = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? '[]');
    expect(entry).to.deep.equal(['/nodejs/bin/node', ...RUNTIME.nodeArgs, `/${ENTRY}`]);
    for (const path of [ENTRY, PARTS]) {
      expect(dockerfile).to.match(
        new RegExp(`^COPY --from=build --chown=0:0 --chmod=0\\d+ /src/dist/${path} /${path}$`, 'm'),
      );
    }
    for (const [name, value] of Object.entries(RUNTIME.env))
      expect(dockerfile).to.match(new RegExp(`^ENV .*\\b${name}=${value}\\b`, 'm'));
  });

  it('asks later for ES modules alone: of CommonJS ones no name would arrive', () => {
    const { inputs } = made.metafile;
    const later = Object.entries(inputs).flatMap(([from, { imports }]) =>
      from.startsWith('src/') ? imports.filter(({ kind, external }) => kind === 'dynamic-import' && !external) : [],
    );
    expect(later.length).to.be.above(20);
    expect(later.filter(({ path }) => inputs[path]?.format !== 'esm').map(({ path }) => path)).to.deep.equal([]);
  });

  it('imports nothing but Node', () => {
    const paths = new Set(made.files.map(({ path }) => path));
    const imported = made.files.flatMap((file) =>
      [...file.text.matchAll(/(?:^(?:import|export) [^"]*?from |\bimport\(|^import )"([^"]+)"/gm)]
        .map(([, name]) => name ?? '')
        .filter((name) => !(name.startsWith('.') && paths.has(join(file.path, '..', name)))),
    );
    expect(imported).to.have.lengthOf.above(5);
    const BUILTIN = /^(node:.*|[a-z_]+(\/[a-z_]+)?)$/;
    expect(imported.filter((name) => !BUILTIN.test(name))).to.deep.equal([]);
  });

  it('runs by itself, without an environment, in a directory that is read-only', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(await run('version')).to.deep.equal({ code: 0, stdout: `${version}\n`, stderr: '' });
    const help = await run('operator', '--help');
    expect(help.code, help.stderr).to.equal(0);
    expect(help.stdout).to.contain('--health-probe-bind-address');
  });

  describe('ends with 2', () => {
    it('at a flag it does not know', async () => {
      const { code, stderr, stdout } = await run('operator', '--leader');
      expect(code).to.equal(2);
      expect(stderr).to.contain("unknown option '--leader'");
      expect(stdout).to.equal('');
    });

    it('at a log level it does not know', async () => {
      expect((await run('operator', '--log-level=loud')).code).to.equal(2);
    });

    it('where there is no cluster, and says how to name one', async () => {
      const { code, stderr } = await run('operator');
      expect(code).to.equal(2);
      expect(stderr).to.contain('set --kubeconfig or KUBECONFIG');
    });
  });

  describe('as an operator', () => {
    const controlPlane = useSharedControlPlane();
    let admin: KubeAdmin;
    let kubeconfig = '';

    before(async () => {
      admin = kubeAdmin(controlPlane().kubeconfig);
      await install(admin);
      const own = await controlPlane().serviceAccountKubeconfig(OPERATOR_NAMESPACE, OPERATOR_ACCOUNT);
      kubeconfig = join(dir, 'kubeconfig');
      writeFileSync(kubeconfig, readFileSync(own), { mode: 0o644 });
    });
    after(() => admin?.close());

    it('ends with 2 at an address it cannot bind to, and says what to write instead', async () => {
      const { code, stderr } = await run('operator', `--kubeconfig=${kubeconfig}`, '--metrics-bind-address=8080');
      expect(code).to.equal(2);
      expect(stderr).to.contain('is not an address to bind to: write \\":8080\\"');
    });

    it('becomes ready with the rights that are shipped, and ends in time after SIGTERM', async () => {
      const operator = await startOperator({ kubeconfig, program: bundle, nodeArgs: FLAGS });
      try {
        await eventually(async () => expect((await operator.health('/readyz')).status).to.equal(200));
        expect((await operator.health('/healthz')).status).to.equal(200);
        expect(await operator.metric('drawbridge_build_info')).to.equal(1);
        const startMs = performance.now();
        expect(await operator.stop()).to.equal(0);
        expect(performance.now() - startMs).to.be.lessThan(STOPS_WITHIN_MS);
      } finally {
        await operator.kill();
      }
    });

    /** Runs as nobody without an environment until it has started, and resolves with its exit code. */
    const startAndStop = async (file: string): Promise<unknown> => {
      const addresses = ['--metrics-bind-address=127.0.0.1:0', '--health-probe-bind-address=127.0.0.1:0'];
      const child = startNode([...FLAGS, bundle, 'operator', `--kubeconfig=${file}`, ...addresses], { cwd: '/' });
      let log = '';
      child.stderr?.on('data', (chunk) => {
        log += chunk;
      });
      const code = new Promise((resolve) => child.once('exit', resolve));
      try {
        await eventually(() => expect(log).to.contain('"message":"started"'));
      } finally {
        child.kill('SIGTERM');
      }
      return code;
    };

    it('does so as nobody, without an environment', async () => {
      expect(await startAndStop(kubeconfig)).to.equal(0);
    });

    describe('still has of the client library', () => {
      const withUser = (name: string, user: (token: string) => object): string => {
        const config = parse(readFileSync(kubeconfig, 'utf8'));
        config.users[0].user = user(config.users[0].user.token);
        const file = join(dir, name);
        writeFileSync(file, stringify(config), { mode: 0o644 });
        return file;
      };

      it('token files, as it reads them in a pod', async () => {
        const file = withUser('token-file', (token) => {
          writeFileSync(join(dir, 'token'), token, { mode: 0o644 });
          return { 'auth-provider': { name: 'tokenFile', config: { tokenFile: join(dir, 'token') } } };
        });
        expect(await startAndStop(file)).to.equal(0);
      });

      it('exec plugins', async () => {
        const file = withUser('exec', (token) => {
          const apiVersion = 'client.authentication.k8s.io/v1';
          const credential = { apiVersion, kind: 'ExecCredential', status: { token } };
          const args = ['-e', `console.log(${JSON.stringify(JSON.stringify(credential))})`];
          return { exec: { apiVersion, command: process.execPath, args, interactiveMode: 'Never' } };
        });
        expect(await startAndStop(file)).to.equal(0);
      });
    });
  });
});
