import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { cachedBuild } from '../cachedBuild.ts';
import { logToStderr } from '../goBuild.ts';

const MODULE_DIR = fileURLToPath(new URL('../../grafana/', import.meta.url));
const FLAGS = ['-ldflags', '-s -w'];
const PROGRAM = 'check-dashboards';

/**
 * The path of the program that reads dashboards by Grafana's own types: the one that GRAFANA_CHECK names, else the cached
 * build, else a build with Go.
 * @throws one error that lists the ways when none is open
 */
export async function findGrafanaCheck(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  if (env.GRAFANA_CHECK) return env.GRAFANA_CHECK;
  const dir = await cachedBuild({
    name: 'grafana',
    moduleDir: MODULE_DIR,
    files: ['go.mod', 'go.sum', 'main.go'],
    flags: FLAGS.join(' '),
    env,
    log: logToStderr,
    announcement: "building the check of dashboards by Grafana's types: about forty seconds, once",
    args: (target) => [...FLAGS, '-o', join(target, PROGRAM), '.'],
    noWay: noWayMessage,
  });
  return join(dir, PROGRAM);
}

/** What Grafana's types find wrong with dashboards in files; empty: nothing. */
export async function grafanaMistakes(files: readonly string[]): Promise<readonly string[]> {
  const child = spawn(await findGrafanaCheck(), files, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const lines = (await text(child.stdout)).split('\n').filter((line) => line !== '');
  const [code] = await closed;
  if (code !== (lines.length === 0 ? 0 : 1)) throw new Error(`${PROGRAM} ended with ${code}: ${lines.join('; ')}`);
  return lines;
}

const noWayMessage = (dir: string): string =>
  [
    'There is nothing to read dashboards with as Grafana does. Any one of these ways will do:',
    '  1. Install Go 1.26 or newer (https://go.dev/dl/) and run again: it is built once, in about forty seconds.',
    '  2. Set GRAFANA_CHECK to the path of a build of test/grafana.',
    `  3. Copy ${dir} from a machine like this one that has built it.`,
  ].join('\n');
