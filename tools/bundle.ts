/** Writes dist/drawbridge.js, its parts, and their hashes. */
import { relative } from 'node:path';
import { BUNDLE, bundled, PARTS, writeBundle } from './bundle/build.ts';

const bundle = await bundled();
const bytes = await writeBundle(bundle);
const count = bundle.files.length - 1;
console.log(
  `wrote ${relative(process.cwd(), BUNDLE)} and ${count} files in ${PARTS}/, ${(bytes / 1024 / 1024).toFixed(1)} MB`,
);
