import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CONTROL_PLANE = fileURLToPath(new URL('../controlplane/', import.meta.url));

/**
 * Where a module that the control plane is built from lies in Go's module cache, fetched if it is not there yet; undefined
 * without Go on the PATH.
 * @throws with what Go says
 */
export function goModuleDir(module: string): string | undefined {
  const { status, error, stdout, stderr } = spawnSync('go', ['mod', 'download', '-json', module], {
    cwd: CONTROL_PLANE,
    encoding: 'utf8',
  });
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(`go mod download ${module}: ${stderr}${stdout}`);
  return (JSON.parse(stdout) as { readonly Dir: string }).Dir;
}
