import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** The Go version as `go version` prints it, or undefined without Go on the PATH. */
export function goVersion(env: NodeJS.ProcessEnv): string | undefined {
  const result = spawnSync('go', ['version'], { env, encoding: 'utf8' });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/** What is built of a Go module with pinned versions, once. */
export interface GoBuild {
  readonly moduleDir: string;
  /** The directory that appears whole or not at all. */
  readonly targetDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Hears of the progress. */
  readonly log: (line: string) => void;
  /** What is told first. */
  readonly announcement: string;
  /** `go build` with these arguments leaves the programs in `dir`. */
  readonly args: (dir: string) => readonly string[];
  /** What is done with them before the directory appears. */
  readonly finish?: (dir: string) => void;
  /** A name for people of what is being compiled, by its package. */
  readonly programOf?: (goPackage: string) => string | undefined;
}

/**
 * Builds into the target directory. Two builds at once are safe: the first to finish wins, the other one's result is
 * thrown away.
 * @throws with the compiler's last lines when the build fails
 */
export async function buildWithGo(build: GoBuild): Promise<void> {
  const parent = dirname(build.targetDir);
  mkdirSync(parent, { recursive: true });
  removeAbandoned(parent);
  const buildDir = mkdtempSync(join(parent, 'building-'));
  try {
    await compile(build, buildDir);
    build.finish?.(buildDir);
    publish(buildDir, build.targetDir);
  } finally {
    rmSync(buildDir, { recursive: true, force: true });
  }
}

/** Where a build is kept: the name changes with everything that it is made from. */
export function cachedAt(
  env: NodeJS.ProcessEnv,
  name: string,
  moduleDir: string,
  files: readonly string[],
  flags: string,
): string {
  const hash = createHash('sha256').update(`${process.platform}/${process.arch} ${flags}`);
  for (const file of files) hash.update(readFileSync(join(moduleDir, file)));
  const root = env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache');
  return join(root, 'drawbridge', `${name}-${hash.digest('hex').slice(0, 16)}`);
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export const logToStderr = (line: string): void => void process.stderr.write(`${line}\n`);

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

async function compile(build: GoBuild, dir: string): Promise<void> {
  const { moduleDir, env, log } = build;
  log(build.announcement);
  const startMs = performance.now();
  const elapsed = () => `${Math.round((performance.now() - startMs) / 1000)} s`.padStart(6);
  const go = spawn('go', ['build', '-v', '-trimpath', ...build.args(dir)], {
    cwd: moduleDir,
    env: { ...env, CGO_ENABLED: '0', GOWORK: 'off' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // -v prints each module as it is downloaded and each package as it is compiled.
  const lines: string[] = [];
  createInterface(go.stderr).on('line', (line) => lines.push(line));
  const timer = setInterval(() => log(`${elapsed()}  ${progress(lines, build.programOf)}`), PROGRESS_EVERY_MS);
  const [code] = await once(go, 'close').finally(() => clearInterval(timer));
  if (code !== 0) throw new Error(`go build failed in ${moduleDir}:\n${lines.slice(-TAIL_LINES).join('\n')}`);
  log(`${elapsed()}  built`);
}

function progress(lines: readonly string[], programOf: GoBuild['programOf']): string {
  const last = lines.at(-1);
  if (last === undefined) return 'reading what is built already…';
  if (last.startsWith('go: ')) return `${last.slice('go: '.length)}…`;
  const packages = lines.filter((line) => !line.startsWith('go: ')).length;
  return `compiling ${programOf?.(last) ?? last}… (${packages} packages)`;
}
