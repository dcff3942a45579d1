import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { Bundled } from '../../tools/bundle/build.ts';
import { bundled, SUMS, sumsOf } from '../../tools/bundle/build.ts';
import { packagesIn } from '../../tools/bundle/packages.ts';
import { bomOf } from '../../tools/sbom/cyclonedx.ts';
import { isAllowed, SHIPPED, USED } from '../../tools/sbom/licenses.ts';
import type { Locked } from '../../tools/sbom/lockfile.ts';
import { nameOf, readLocked } from '../../tools/sbom/lockfile.ts';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = { name: 'drawbridge', version: '0.1.0', license: 'Apache-2.0', sha256: 'ab12'.repeat(16) };

/** Of packages most is declarations, maps, and a client's generated API that no bundle has. */
const isCode = (path: string): boolean => !/node_modules\/.*(\.d\.[cm]?ts|\.map|\/dist\/gen)$/.test(path);

describe('The supply chain', function () {
  this.timeout(120_000);
  let locked: Locked = {};
  let made: Bundled;
  before(async () => {
    locked = await readLocked(ROOT);
    made = await bundled();
  });

  it('has no package under a licence that asks for more than its text, and none without one', () => {
    const refused = Object.entries(locked).filter(([, { license }]) => !isAllowed(license, USED));
    expect(refused).to.deep.equal([]);
  });

  it('ships only packages under the most permissive licences', () => {
    const shipped = packagesIn(made.metafile);
    expect(shipped).to.include('node_modules/undici').and.to.have.lengthOf.above(10);
    expect(shipped.filter((directory) => !isAllowed(locked[directory]?.license, SHIPPED))).to.deep.equal([]);
  });

  it('reads licences as SPDX does where there is a choice, and takes what it cannot read for none', () => {
    expect(['MIT', 'MIT OR GPL-3.0-only', '(MIT OR CC0-1.0)'].map((text) => isAllowed(text, SHIPPED))).not.to.include(
      false,
    );
    const no = [undefined, '', 'GPL-3.0-only', 'MIT AND GPL-3.0-only', 'UNLICENSED', 'SEE LICENSE IN LICENSE'];
    expect(no.map((text) => isAllowed(text, USED))).not.to.include(true);
  });

  it('has every package of the lockfile from the registry, with its hash', () => {
    const lock = Object.entries(locked) as readonly [
      string,
      { readonly integrity?: string; readonly link?: boolean },
    ][];
    expect(lock.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? '')).map(([name]) => name)).to.deep.equal(
      [],
    );
  });

  it('lists in the SBOM what is in the bundle, once, with licence, hash and who needs it', () => {
    const bom = bomOf(PROGRAM, made.metafile, locked);
    const refs = bom.components.map((component) => component['bom-ref']);
    expect(bom.components.map(({ name }) => name)).to.deep.equal(packagesIn(made.metafile).map(nameOf));
    expect(refs).to.include(`pkg:npm/undici@${locked['node_modules/undici']?.version}`);
    expect(refs.filter((ref) => !/^pkg:npm\/(%40[\w.-]+\/)?[\w.-]+@\d/.test(ref))).to.deep.equal([]);
    expect(bom.components.filter(({ hashes }) => !/^[0-9a-f]{128}$/.test(hashes?.[0]?.content ?? ''))).to.deep.equal(
      [],
    );
    expect(bom.metadata.component).to.deep.include({
      name: 'drawbridge',
      hashes: [{ alg: 'SHA-256', content: PROGRAM.sha256 }],
    });
    const known = new Set([...refs, 'pkg:npm/drawbridge@0.1.0']);
    const pointed = bom.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);
    expect(pointed.filter((ref) => !known.has(ref))).to.deep.equal([]);
    expect(bom.dependencies[0]?.dependsOn).to.include.members(refs.filter((ref) => /\/(rxjs|winston|yaml)@/.test(ref)));
    expect(bom).not.to.have.nested.property('metadata.timestamp');
    expect(bom.serialNumber).to.equal('urn:uuid:ab12ab12-ab12-8b12-8b12-ab12ab12ab12');
  });

  it('refuses to list a package that nobody locked', () => {
    const { 'node_modules/undici': _gone, ...rest } = locked;
    expect(() => bomOf(PROGRAM, made.metafile, rest)).to.throw('node_modules/undici is in the bundle');
  });

  it('gives the same bundle, byte for byte, from another directory', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'drawbridge-elsewhere-'));
    try {
      const needed = [...packagesIn(made.metafile), 'node_modules/esbuild', 'node_modules/@esbuild'];
      for (const path of ['src', 'tools/bundle', 'tools/bundle.ts', 'tsconfig.json', 'package.json', ...needed]) {
        cpSync(join(ROOT, path), join(elsewhere, path), { recursive: true, filter: isCode });
      }
      await promisify(execFile)(process.execPath, ['tools/bundle.ts'], { cwd: elsewhere });
      expect(readFileSync(join(elsewhere, 'dist', SUMS), 'utf8')).to.equal(sumsOf(made.files));
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });
});
