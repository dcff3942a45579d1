import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from '../exitCodes.ts';

/** As kustomize itself looks for them. */
const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;
const MAX_BYTES = 64 * 1024 * 1024;
/** In this order: the one people install on purpose, and the one that is there anyway. */
const BUILDERS: readonly (readonly [string, readonly string[]])[] = [
  ['kustomize', ['build']],
  ['kubectl', ['kustomize']],
];

/** The kustomization that a directory is, as a path to its file; undefined where it is none. */
export async function kustomizationIn(path: string, directory: string): Promise<string | undefined> {
  for (const name of NAMES) if (await isFile(resolve(directory, path, name))) return join(path, name);
  return undefined;
}

/** Whether a directory is a chart, whose templates are no manifests before they are rendered. */
export const isChart = (path: string, directory: string): Promise<boolean> =>
  isFile(resolve(directory, path, 'Chart.yaml'));

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() ?? false;

/**
 * What a kustomize directory makes, by the kustomize or kubectl that is installed.
 * @throws UsageError where neither is, or where it fails; the message has what it said
 */
export async function buildKustomization(path: string, directory: string): Promise<string> {
  for (const [command, args] of BUILDERS) {
    const built = await run(command, args, path, directory);
    if (built !== undefined) return built;
  }
  throw new UsageError(
    `${path} is a kustomize directory: install kustomize or kubectl, or write kustomize build ${path} | drawbridge … -`,
  );
}

/** Undefined: there is no such program. */
const run = (command: string, args: readonly string[], path: string, cwd: string): Promise<string | undefined> =>
  new Promise((done, fail) => {
    execFile(command, [...args, '--', path], { cwd, maxBuffer: MAX_BYTES }, (error, stdout, stderr) => {
      if (error === null) done(stdout);
      else if (error.code === 'ENOENT') done(undefined);
      else fail(new UsageError(`${command} ${args.join(' ')} ${path}: ${stderr.trim() || error.message}`));
    });
  });
