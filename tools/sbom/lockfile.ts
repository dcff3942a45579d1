import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What package-lock.json says of a package. */
export interface LockedPackage {
  readonly version: string;
  /** An SPDX expression, as its author gave it. */
  readonly license?: string;
  /** Subresource integrity: `sha512-` and base64. */
  readonly integrity?: string;
}

/** By the directory of the package. */
export type Locked = Readonly<Record<string, LockedPackage>>;

/** The packages of package-lock.json, without the one that it is of. */
export async function readLocked(root: string): Promise<Locked> {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Locked;
  };
  const { '': _own, ...others } = packages;
  return others;
}

/** `node_modules/a/node_modules/@b/c` is a `@b/c`. */
export const nameOf = (directory: string): string => directory.slice(directory.lastIndexOf('node_modules/') + 13);
