import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Metafile } from 'esbuild';
import { build } from 'esbuild';
import { asciiComments } from './asciiComments.ts';
import { asciiPackages } from './asciiPackages.ts';
import { leanPackages } from './leanPackages.ts';
import { stubGeneratedApi } from './stubGeneratedApi.ts';

const ROOT = join(import.meta.dirname, '../..');
const DIST = join(ROOT, 'dist');

/** The program; what only some commands need is beside it, and loaded when one of them runs. */
export const ENTRY = 'drawbridge.js';
export const PARTS = 'parts';
/** The hashes of all files, as `sha256sum` writes and checks them. */
export const SUMS = 'SHA256SUMS';
/** Where `make bundle` puts the program. */
export const BUNDLE = join(DIST, ENTRY);

const SHEBANG = '#!/usr/bin/env node\n';
/** CommonJS packages call `require` for Node's own modules; an ES module has none until it makes one. */
const BANNER = "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);";

/** `path` is relative to the directory that the bundle is in. */
export interface BundleFile {
  readonly path: string;
  readonly text: string;
}

export interface Bundled {
  /** The program first. */
  readonly files: readonly BundleFile[];
  /** Which modules it was made of, and which of them import which. */
  readonly metafile: Metafile;
}

/**
 * The program as ES modules that need nothing but Node. Whoever asks for completions must not wait for what the operator
 * loads, and the operator keeps no source in memory that only the command line runs (docs/benchmarks.md, "Memory"). Equal
 * sources give equal bytes, wherever they lie. Not minified: whoever runs it can read it, and stack traces say where.
 */
export async function bundled(): Promise<Bundled> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [{ in: 'src/main.ts', out: 'drawbridge' }],
    outdir: DIST,
    // Where it lies, nothing else says that these are ES modules: Node would read each of them twice to find out.
    outExtension: { '.js': '.mjs' },
    chunkNames: `${PARTS}/[name]-[hash]`,
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    // The oldest that `engines` of package.json names; src/cli/tsconfig.json has the same bound for what is called.
    target: 'node20.19',
    // Optional native parts of `ws`, which nothing here uses.
    external: ['bufferutil', 'utf-8-validate'],
    banner: { js: BANNER },
    legalComments: 'eof',
    logLevel: 'error',
    plugins: [stubGeneratedApi(), leanPackages(), asciiPackages()],
  });
  const made = await Promise.all(
    outputFiles.map(async ({ path, text }) => ({ path: relative(DIST, path), text: await asciiComments(text) })),
  );
  const parts = made.filter(({ path }) => path.startsWith(`${PARTS}/`)).sort((a, b) => (a.path < b.path ? -1 : 1));
  const [entry, ...others] = made.filter((file) => !parts.includes(file));
  if (entry === undefined || others.length > 0) throw new Error('one program was expected, and its parts');
  return { files: [{ path: ENTRY, text: `${SHEBANG}${entry.text}` }, ...parts], metafile };
}

/** What is in `SHA256SUMS`: two bundles are the same when this is. */
export const sumsOf = (files: readonly BundleFile[]): string =>
  files.map(({ path, text }) => `${sha256(text)}  ${path}\n`).join('');

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Writes the bundle; of `parts/` nothing else is left. Answers how many bytes it has. */
export async function writeBundle({ files }: Pick<Bundled, 'files'>, directory = DIST): Promise<number> {
  await rm(join(directory, PARTS), { recursive: true, force: true });
  for (const { path, text } of [...files, { path: SUMS, text: sumsOf(files) }]) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
}
