import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

export interface RotatedLog {
  readonly path: string;
  readonly inode: number;
  readonly modifiedMs: number;
}

/**
 * The files that a log was renamed to, the oldest first: `audit-2026-11-25T17-00-00.000.log` as kube-apiserver does, or
 * `audit.log.1` as logrotate. Compressed ones are left out.
 */
export async function rotatedLogs(log: string): Promise<readonly RotatedLog[]> {
  const dir = dirname(log);
  const name = basename(log);
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  const isRotated = (one: string): boolean =>
    (one.startsWith(`${stem}-`) && one.endsWith(extension)) || /^\.\d+$/.test(one.slice(name.length));
  const names = (await readdir(dir).catch(() => [])).filter((one) => one.startsWith(stem) && isRotated(one));
  const found = await Promise.all(
    names.map(async (one) => {
      const path = join(dir, one);
      const stats = await stat(path).catch(() => undefined);
      return stats?.isFile() ? [{ path, inode: stats.ino, modifiedMs: stats.mtimeMs }] : [];
    }),
  );
  return found.flat().toSorted((a, b) => a.modifiedMs - b.modifiedMs);
}
