import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { startControlPlane } from './controlPlane/controlPlane.ts';
import { eventually } from './eventually.ts';
import { isRunning, serverPids } from './processes.ts';
import { START_TIMEOUT_MS } from './sharedControlPlane.ts';

const url = (path: string): string => new URL(path, import.meta.url).href;
const path = (relative: string): string => fileURLToPath(url(relative));

const STARTER = `
  const { startControlPlane } = await import('${url('./controlPlane/controlPlane.ts')}');
  const plane = await startControlPlane({ controllerManager: false });
  console.log('DIR ' + plane.dir);
  setInterval(() => {}, 1000);`;

// biome-ignore format: a small program
const SPEC = (body: string) => `
  const { useSharedControlPlane } = await import('${url('./sharedControlPlane.ts')}');
  describe('spec', () => {
    const shared = useSharedControlPlane();
    it('says where, then ${body}', async () => { console.log('DIR ' + shared().dir); ${body} });
  });`;

/** Resolves with the directory of the control plane that a child says it has started. */
async function directoryFrom(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no pipe from the child');
  for await (const line of createInterface(child.stdout)) {
    const dir = /DIR (.+)/.exec(line)?.[1];
    if (dir) return dir;
  }
  throw new Error('the child started no control plane');
}

async function expectNothingLeft(dir: string, pids: readonly number[]): Promise<void> {
  const check = () =>
    expect({ running: pids.filter(isRunning), dir: existsSync(dir) }).to.deep.equal({ running: [], dir: false });
  await eventually(check, { withinMs: 3_000 });
}

describe('nothing is left running', function () {
  this.timeout(START_TIMEOUT_MS);
  let scratch = '';
  const children: ChildProcess[] = [];
  const start = (args: readonly string[]): ChildProcess => {
    const child = spawn(process.execPath, args, { cwd: path('../..'), stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    return child;
  };
  const mocha = (body: string): ChildProcess => {
    const spec = join(scratch, `${children.length}.test.mjs`);
    writeFileSync(spec, SPEC(body));
    const hooks = ['--no-config', '--timeout', '60000', '--require', path('./rootHooks.ts')];
    return start([path('../../node_modules/mocha/bin/mocha.js'), ...hooks, spec]);
  };
  before(() => {
    scratch = mkdtempSync(join(tmpdir(), 'drawbridge-test-'));
  });
  after(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(scratch, { recursive: true });
  });

  it('after stop()', async () => {
    const plane = await startControlPlane();
    const pids = serverPids(plane.dir);
    expect(pids).to.have.lengthOf(3);
    await plane.stop();
    expect({ running: pids.filter(isRunning), dir: existsSync(plane.dir) }).to.deep.equal({ running: [], dir: false });
  });

  it('after a start that failed, whose error has the log', async () => {
    const failed = startControlPlane({ controllerManager: false, apiServerFlags: ['--no-such-flag'] });
    const error: Error = await failed.then(
      () => new Error('started'),
      (reason) => reason,
    );
    expect(error.message).to.contain('kube-apiserver ended').and.to.contain('unknown flag: --no-such-flag');
  });

  for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM'] as const) {
    it(`after ${signal} to the process that started it`, async () => {
      const child = start(['--input-type=module', '--eval', STARTER]);
      const dir = await directoryFrom(child);
      const pids = serverPids(dir);
      expect(pids.filter(isRunning)).to.have.lengthOf(2);
      child.kill(signal);
      await expectNothingLeft(dir, pids);
    });
  }

  it('after Ctrl-C of a mocha run', async () => {
    const child = mocha('await new Promise(() => setInterval(() => {}, 1000));');
    const dir = await directoryFrom(child);
    const pids = serverPids(dir);
    child.kill('SIGINT');
    await expectNothingLeft(dir, pids);
  });

  it('after a failing test, and mocha ends by itself', async () => {
    const child = mocha('await new Promise((resolve) => setTimeout(resolve, 200)); throw new Error("on purpose");');
    const exited = once(child, 'exit');
    const dir = await directoryFrom(child);
    const pids = serverPids(dir);
    expect((await exited)[0]).to.equal(1);
    await expectNothingLeft(dir, pids);
  });
});
