import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Metafile } from 'esbuild';
import { build } from 'esbuild';
import { asciiComments } from './asciiComments.ts';
import { asciiPackages } from './asciiPackages.ts';
import { leanPackages } from './leanPackages.ts';
import { stubGeneratedApi } from './stubGeneratedApi.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Where `make bundle` puts the program. */
export const BUNDLE = join(ROOT, 'dist/drawbridge.js');

/** It is a program. CommonJS packages call `require` for Node's own modules; an ES module has none until it makes one. */
const BANNER =
  "#!/usr/bin/env node\nimport { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);";

/**
 * The whole program as one ES module that needs nothing but Node. Equal sources give equal bytes, wherever they lie. Not
 * minified: whoever runs it can read it, and stack traces say where.
 */
export const bundleText = async (): Promise<string> => (await bundled()).text;

export interface Bundled {
  readonly text: string;
  /** Which modules it was made of, and which of them import which. */
  readonly metafile: Metafile;
}

export async function bundled(): Promise<Bundled> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/main.ts'],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Optional native parts of `ws`, which nothing here uses.
    external: ['bufferutil', 'utf-8-validate'],
    banner: { js: BANNER },
    legalComments: 'eof',
    logLevel: 'error',
    plugins: [stubGeneratedApi(), leanPackages(), asciiPackages()],
  });
  const [file] = outputFiles;
  if (file === undefined || outputFiles.length > 1) throw new Error(`one file was expected, not ${outputFiles.length}`);
  return { text: await asciiComments(file.text), metafile };
}

/** Writes the bundle; `dist/` is nobody's but ours. */
export async function writeBundle(path = BUNDLE): Promise<number> {
  const text = await bundleText();
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return Buffer.byteLength(text);
}
