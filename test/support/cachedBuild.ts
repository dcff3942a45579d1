import { existsSync } from 'node:fs';
import type { GoBuild } from './goBuild.ts';
import { buildWithGo, cachedAt, goVersion } from './goBuild.ts';

/** Programs that are built of a Go module once, and kept. */
export interface CachedBuild extends Pick<GoBuild, 'moduleDir' | 'env' | 'log' | 'announcement' | 'args'> {
  readonly name: string;
  /** Of the module: all that the programs are made from. */
  readonly files: readonly string[];
  readonly flags: string;
  /** What to do for whoever has no Go. */
  readonly noWay: (targetDir: string) => string;
}

const started = new Map<string, Promise<void>>();

/**
 * The directory that has them: the cached one, else a build. Who asks meanwhile waits for the same.
 * @throws what `noWay` says where there is no Go, or the compiler when the build fails
 */
export async function cachedBuild({ name, files, flags, noWay, ...build }: CachedBuild): Promise<string> {
  const { env, moduleDir } = build;
  const targetDir = cachedAt(env, name, moduleDir, files, flags);
  if (existsSync(targetDir)) return targetDir;
  if (goVersion(env) === undefined) throw new Error(noWay(targetDir));
  const running = started.get(targetDir) ?? buildWithGo({ ...build, targetDir });
  started.set(targetDir, running);
  await running.finally(() => started.delete(targetDir));
  return targetDir;
}
