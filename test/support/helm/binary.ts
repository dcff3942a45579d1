import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedBuild } from '../cachedBuild.ts';
import { logToStderr } from '../goBuild.ts';

/** Where to look, and whom to tell about a build. */
export interface FindOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly log?: (line: string) => void;
}

const MODULE_DIR = fileURLToPath(new URL('../../helm/', import.meta.url));
const PACKAGE = 'helm.sh/helm/v4/cmd/helm';

/**
 * The path of the real helm: the one that HELM names, else the cached build, else a build with Go (two minutes, once).
 * @throws one error that lists the ways when none is open
 */
export async function findHelm({ env = process.env, log = logToStderr }: FindOptions = {}): Promise<string> {
  if (env.HELM) return env.HELM;
  const flags = linkerFlags();
  const dir = await cachedBuild({
    name: 'helm',
    moduleDir: MODULE_DIR,
    files: ['go.mod', 'go.sum'],
    flags,
    env,
    log,
    announcement: 'building helm: about two minutes, once',
    args: (target) => ['-ldflags', flags, '-o', join(target, 'helm'), PACKAGE],
    noWay: noWayMessage,
  });
  return join(dir, 'helm');
}

/** As in Helm's own build; without, it calls itself by a version that it does not have. */
function linkerFlags(): string {
  const [, version] = /helm\.sh\/helm\/v4 (v\S+)/.exec(readFileSync(join(MODULE_DIR, 'go.mod'), 'utf8')) ?? [];
  if (version === undefined) throw new Error(`${MODULE_DIR}go.mod names no version of helm.sh/helm/v4`);
  return `-s -w -X helm.sh/helm/v4/internal/version.version=${version}`;
}

const noWayMessage = (dir: string): string =>
  [
    'There is no helm to test the chart with. Any one of these ways will do:',
    '  1. Install Go 1.26 or newer (https://go.dev/dl/) and run again: it is built once, in about two minutes.',
    '  2. Set HELM to the path of helm 4.',
    `  3. Copy ${dir} from a machine like this one that has built it.`,
  ].join('\n');
