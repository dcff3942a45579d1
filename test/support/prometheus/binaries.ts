import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedBuild } from '../cachedBuild.ts';
import { isExecutable, logToStderr } from '../goBuild.ts';

/** Paths of the programs. */
export interface PrometheusBinaries {
  readonly prometheus: string;
  readonly promtool: string;
}

/** Where to look, and whom to tell about a build. */
export interface FindOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly log?: (line: string) => void;
}

const MODULE_DIR = fileURLToPath(new URL('../../prometheus/', import.meta.url));
const PACKAGES = ['prometheus', 'promtool'].map((name) => `github.com/prometheus/prometheus/cmd/${name}`);
// Without the clients of two dozen clouds, where a Prometheus may look for targets: half of the build's time.
const FLAGS = ['-tags', 'remove_all_sd', '-ldflags', '-s -w'];

/**
 * Finds prometheus and promtool: the directory PROMETHEUS_ASSETS names, else the cached build, else a build with Go.
 * @throws one error that lists the ways when none is open
 */
export async function findPrometheus(options: FindOptions = {}): Promise<PrometheusBinaries> {
  const { env = process.env, log = logToStderr } = options;
  if (env.PROMETHEUS_ASSETS) return binariesIn(env.PROMETHEUS_ASSETS, `PROMETHEUS_ASSETS=${env.PROMETHEUS_ASSETS}`);
  const dir = await cachedBuild({
    name: 'prometheus',
    moduleDir: MODULE_DIR,
    files: ['go.mod', 'go.sum'],
    flags: FLAGS.join(' '),
    env,
    log,
    announcement: 'building prometheus and promtool: about two minutes, once',
    args: (target) => [...FLAGS, '-o', `${target}/`, ...PACKAGES],
    noWay: noWayMessage,
  });
  return binariesIn(dir, dir);
}

function binariesIn(dir: string, where: string): PrometheusBinaries {
  const found = { prometheus: join(dir, 'prometheus'), promtool: join(dir, 'promtool') };
  const missing = Object.entries(found).filter(([, path]) => !isExecutable(path));
  if (missing.length > 0)
    throw new Error(`${where} has no executable ${missing.map(([name]) => name).join(' and no ')}`);
  return found;
}

const noWayMessage = (dir: string): string =>
  [
    'There is no Prometheus to try dashboards and alerts with. Any one of these ways will do:',
    '  1. Install Go 1.26 or newer (https://go.dev/dl/) and run again: it is built once, in about two minutes.',
    '  2. Set PROMETHEUS_ASSETS to a directory with prometheus and promtool, version 3.',
    `  3. Copy ${dir} from a machine like this one that has built it.`,
  ].join('\n');
