import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedAt, goVersion, isExecutable, logToStderr } from '../goBuild.ts';
import { buildBinaries, linkerFlags } from './build.ts';

/** Paths of the programs a control plane is made of. */
export interface Binaries {
  readonly etcd: string;
  readonly kubeApiserver: string;
  /** Absent from the usual KUBEBUILDER_ASSETS, always there in our own build. */
  readonly kubeControllerManager: string | undefined;
  readonly kubectl: string | undefined;
}

/** Where to look, and whom to tell about a build. */
export interface FindOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly log?: (line: string) => void;
}

const MODULE_DIR = fileURLToPath(new URL('../../controlplane/', import.meta.url));
const started = new Map<string, Promise<void>>();

/**
 * Finds the programs: the directory KUBEBUILDER_ASSETS names, else the cached build, else a build with Go (minutes, once).
 * @throws one error that lists the ways when none is open
 */
export async function findBinaries(options: FindOptions = {}): Promise<Binaries> {
  const { env = process.env, log = logToStderr } = options;
  const assets = env.KUBEBUILDER_ASSETS;
  if (assets) return fromAssets(assets);
  const dir = cacheDir(env);
  if (!existsSync(dir)) {
    if (goVersion(env) === undefined) throw new Error(noWayMessage(dir));
    // Several control planes of one process share one build.
    const build = started.get(dir) ?? buildBinaries({ moduleDir: MODULE_DIR, targetDir: dir, env, log });
    started.set(dir, build);
    await build.finally(() => started.delete(dir));
  }
  return binariesIn(dir);
}

/** The directory of the cached build. */
export const cacheDir = (env: NodeJS.ProcessEnv = process.env): string =>
  cachedAt(env, 'controlplane', MODULE_DIR, ['go.mod', 'go.sum', 'main.go'], linkerFlags(MODULE_DIR));

function binariesIn(dir: string): Binaries {
  const optional = (name: string) => (isExecutable(join(dir, name)) ? join(dir, name) : undefined);
  return {
    etcd: join(dir, 'etcd'),
    kubeApiserver: join(dir, 'kube-apiserver'),
    kubeControllerManager: optional('kube-controller-manager'),
    kubectl: optional('kubectl'),
  };
}

function fromAssets(dir: string): Binaries {
  const missing = ['etcd', 'kube-apiserver'].filter((name) => !isExecutable(join(dir, name)));
  if (missing.length > 0) throw new Error(`KUBEBUILDER_ASSETS=${dir} has no executable ${missing.join(' and no ')}`);
  return binariesIn(dir);
}

function noWayMessage(dir: string): string {
  return [
    'There is no kube-apiserver and no etcd to test against. Any one of these ways will do:',
    '  1. Install Go 1.26 or newer (https://go.dev/dl/) and run again: both are built once, in about five minutes.',
    '  2. Set KUBEBUILDER_ASSETS to a directory with etcd, kube-apiserver and kube-controller-manager (1.31 or newer).',
    `  3. Copy ${dir} from a machine like this one that has built it.`,
  ].join('\n');
}
