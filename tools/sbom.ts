/** Writes dist/drawbridge.cdx.json: a CycloneDX list of the packages that are in dist/drawbridge.js. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundled } from './bundle/build.ts';
import { bomOf } from './sbom/cyclonedx.ts';
import { readLocked } from './sbom/lockfile.ts';

const ROOT = join(import.meta.dirname, '..');
const { name, version, license } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
const { text, metafile } = await bundled();
const sha256 = createHash('sha256').update(text).digest('hex');
const bom = bomOf({ name, version, license, sha256 }, metafile, await readLocked(ROOT));
await mkdir(join(ROOT, 'dist'), { recursive: true });
await writeFile(join(ROOT, 'dist/drawbridge.cdx.json'), `${JSON.stringify(bom, undefined, 2)}\n`);
console.log(`wrote dist/drawbridge.cdx.json, ${bom.components.length} packages in the bundle ${sha256}`);
