import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, realpath, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What a read brings, or why there is nothing to read. */
export type Found =
  | { readonly found: 'file'; readonly text: string; readonly mode: number; readonly uid: number; readonly gid: number }
  | { readonly found: 'absent' }
  /** A link, a directory, a device, or larger than it may be. */
  | { readonly found: 'unusable' };

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Reads a plain file, of `maxBytes` at most. No link is followed. Rejects when the disk does not answer. */
export async function readPlainFile(path: string, maxBytes: number): Promise<Found> {
  let file: FileHandle;
  try {
    // Without O_NONBLOCK a pipe in its place would be waited for.
    file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return { found: 'absent' };
    if (code === 'ELOOP' || code === 'EMLINK' || code === 'ENXIO') return { found: 'unusable' };
    throw error;
  }
  try {
    const { mode, uid, gid, size, isFile } = await file.stat().then((stat) => ({ ...stat, isFile: stat.isFile() }));
    if (!isFile || size > maxBytes) return { found: 'unusable' };
    const bytes = Buffer.alloc(maxBytes + 1);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    if (bytesRead > maxBytes) return { found: 'unusable' };
    return { found: 'file', text: bytes.toString('utf8', 0, bytesRead), mode: mode & 0o7777, uid, gid };
  } finally {
    await file.close();
  }
}

/**
 * The name under which a file is written before it gets its own: in the same directory, since between two mounts nothing can
 * be renamed, and with a dot, since kubelet runs whatever else it finds beside its manifests (kubernetes.io, "Create static
 * Pods": it ignores files that begin with a dot; pkg/kubelet/config/file.go and file_linux.go).
 */
export const temporaryName = (path: string): string => join(dirname(path), `.${basename(path)}.drawbridge-new`);

/** Replaces a file at once; after it resolves, it is there after a power cut too. */
export async function replaceFile(path: string, text: string, mode = 0o600): Promise<void> {
  const temporary = temporaryName(path);
  // What a process that was killed left behind.
  await unlink(temporary).catch(ignoreAbsent);
  const file = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  try {
    await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch(ignoreAbsent);
  await syncDirectory(dirname(path));
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** @throws a sentence when the directory of a file is reached by a link, which somebody else may turn */
export async function requirePlainDirectory(path: string): Promise<void> {
  const directory = dirname(path);
  const real = await realpath(directory);
  if (real !== directory)
    throw new Error(`${directory} is ${real} in truth: write ${join(real, basename(path))} instead`);
}

function ignoreAbsent(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
