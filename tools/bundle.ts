/** Writes dist/drawbridge.js: the whole program in one file. */
import { relative } from 'node:path';
import { BUNDLE, writeBundle } from './bundle/build.ts';

const bytes = await writeBundle();
console.log(`wrote ${relative(process.cwd(), BUNDLE)}, ${(bytes / 1024 / 1024).toFixed(1)} MB`);
