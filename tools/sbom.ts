/** Writes dist/drawbridge.cdx.json: a CycloneDX list of the packages that are in dist/drawbridge.js and its parts. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundled, sha256, sumsOf } from './bundle/build.ts';
import { bomOf } from './sbom/cyclonedx.ts';
import { readLocked } from './sbom/lockfile.ts';

const ROOT = join(import.meta.dirname, '..');
const { name, version, license } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
const { files, metafile } = await bundled();
const program = { name, version, license, sha256: sha256(sumsOf(files)) };
const bom = bomOf(program, metafile, await readLocked(ROOT));
await mkdir(join(ROOT, 'dist'), { recursive: true });
await writeFile(join(ROOT, 'dist/drawbridge.cdx.json'), `${JSON.stringify(bom, undefined, 2)}\n`);
console.log(`wrote dist/drawbridge.cdx.json, ${bom.components.length} packages in the bundle ${program.sha256}`);
