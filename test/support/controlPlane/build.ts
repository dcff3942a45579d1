import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** The Go version as `go version` prints it, or undefined without Go on the PATH. */
export function goVersion(env: NodeJS.ProcessEnv): string | undefined {
  const result = spawnSync('go', ['version'], { env, encoding: 'utf8' });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/**
 * The version Kubernetes' own build would link in. Without it the server calls itself v0.0.0-master and the components
 * refuse to emulate any version (k8s.io/component-base/version).
 */
export function linkerFlags(moduleDir: string): string {
  const match = /k8s\.io\/kubernetes v(\d+)\.(\d+)\.(\S+)/.exec(readFileSync(join(moduleDir, 'go.mod'), 'utf8'));
  if (!match) throw new Error(`${moduleDir}go.mod names no version of k8s.io/kubernetes`);
  const [, major, minor, patch] = match;
  const version = 'k8s.io/component-base/version';
  const set = [`gitVersion=v${major}.${minor}.${patch}`, `gitMajor=${major}`, `gitMinor=${minor}`];
  return ['-s', '-w', ...set.map((assignment) => `-X ${version}.${assignment}`)].join(' ');
}

/** What is built, where to, and who hears of the progress. */
export interface BuildOptions {
  readonly moduleDir: string;
  readonly targetDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
}

// One binary is all four programs; the name it is called by picks one (test/controlplane/main.go).
const PROGRAMS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'];

/**
 * Builds the programs into `targetDir`, which appears whole or not at all. Two builds at once are safe: the first to
 * finish wins, the other one's result is thrown away.
 * @throws with the compiler's last lines when the build fails
 */
export async function buildBinaries({ moduleDir, targetDir, env, log }: BuildOptions): Promise<void> {
  const parent = dirname(targetDir);
  mkdirSync(parent, { recursive: true });
  removeAbandoned(parent);
  const buildDir = mkdtempSync(join(parent, 'building-'));
  try {
    await compile(moduleDir, join(buildDir, 'controlplane'), env, log);
    for (const program of PROGRAMS) symlinkSync('controlplane', join(buildDir, program));
    publish(buildDir, targetDir);
  } finally {
    rmSync(buildDir, { recursive: true, force: true });
  }
}

const ABANDONED_AFTER_MS = 3_600_000;

// A build that was killed leaves its directory. A young one may be at work.
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if (
      name.startsWith('building-') &&
      Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > ABANDONED_AFTER_MS
    ) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}

function publish(buildDir: string, targetDir: string): void {
  try {
    renameSync(buildDir, targetDir);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

const PROGRESS_EVERY_MS = 5_000;
const TAIL_LINES = 20;

async function compile(moduleDir: string, output: string, env: NodeJS.ProcessEnv, log: (line: string) => void) {
  log('building kube-apiserver, kube-controller-manager, etcd and kubectl: about five minutes, once');
  const startMs = performance.now();
  const elapsed = () => `${Math.round((performance.now() - startMs) / 1000)} s`.padStart(6);
  const args = ['build', '-v', '-trimpath', '-ldflags', linkerFlags(moduleDir), '-o', output, '.'];
  const go = spawn('go', args, {
    cwd: moduleDir,
    env: { ...env, CGO_ENABLED: '0', GOWORK: 'off' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // -v prints each module as it is downloaded and each package as it is compiled.
  const lines: string[] = [];
  createInterface(go.stderr).on('line', (line) => lines.push(line));
  const timer = setInterval(() => log(`${elapsed()}  ${progress(lines)}`), PROGRESS_EVERY_MS);
  const [code] = await once(go, 'close').finally(() => clearInterval(timer));
  if (code !== 0) throw new Error(`go build failed in ${moduleDir}:\n${lines.slice(-TAIL_LINES).join('\n')}`);
  log(`${elapsed()}  built`);
}

function progress(lines: readonly string[]): string {
  const last = lines.at(-1);
  if (last === undefined) return 'reading what is built already…';
  if (last.startsWith('go: ')) return `${last.slice('go: '.length)}…`;
  const packages = lines.filter((line) => !line.startsWith('go: ')).length;
  const program = /kubernetes\/cmd\/([^/]+)\/app/.exec(last)?.[1];
  return last === 'drawbridge.dev/controlplane' ? 'linking…' : `compiling ${program ?? last}… (${packages} packages)`;
}
