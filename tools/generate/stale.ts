import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GeneratedFile, Generator } from './generator.ts';

export const ROOT = join(import.meta.dirname, '../..');

/** The files whose content on disk is not what their generator makes. */
export async function staleFiles(generators: readonly Generator[], root = ROOT): Promise<readonly GeneratedFile[]> {
  const stale: GeneratedFile[] = [];
  for (const generator of generators) {
    for (const file of await generator.files()) {
      if ((await contentOf(join(root, file.path))) !== file.content) stale.push(file);
    }
  }
  return stale;
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
