import type { Metafile } from 'esbuild';
import { importsIn, packagesIn } from '../bundle/packages.ts';
import type { Locked } from './lockfile.ts';
import { nameOf } from './lockfile.ts';

interface Component {
  readonly type: 'application' | 'library';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly { readonly expression: string }[];
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

/** The parts of a CycloneDX 1.6 document that are written here (cyclonedx.org/docs/1.6/json). */
export interface Bom {
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.6';
  readonly serialNumber: string;
  readonly version: 1;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** The program that the bundle is. */
export interface Program {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** SHA-256 of the bundle, in hexadecimal digits. */
  readonly sha256: string;
}

/**
 * What is in the bundle, and nothing else: of the packages that build and test it none runs anywhere. Without a time,
 * and with a serial number that follows from the bundle, so that equal sources give equal bytes.
 * @throws when a package of the bundle is not in package-lock.json, or has no licence there
 */
export function bomOf(program: Program, metafile: Metafile, locked: Locked): Bom {
  const own = ownComponent(program);
  const imports = importsIn(metafile);
  const packages = packagesIn(metafile);
  const refs = new Map<string, string>(packages.map((directory) => [directory, purlOf(directory, locked)]));
  const refOf = (directory: string): string => (directory === '' ? own['bom-ref'] : (refs.get(directory) ?? directory));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(program.sha256)}`,
    version: 1,
    metadata: { component: own },
    components: packages.map((directory) => libraryOf(directory, locked)),
    dependencies: ['', ...packages].map((from) => ({
      ref: refOf(from),
      dependsOn: (imports.get(from) ?? []).map(refOf),
    })),
  };
}

/** Some readers take no document without a serial number. A UUID of version 8 is what its maker makes it (RFC 9562 §5.8). */
const uuidOf = (sha256: string): string => sha256.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');

function ownComponent({ name, version, license, sha256 }: Program): Component {
  const purl = `pkg:npm/${name}@${version}`;
  const hashes = [{ alg: 'SHA-256', content: sha256 }];
  return { type: 'application', 'bom-ref': purl, name, version, purl, licenses: [{ expression: license }], hashes };
}

function libraryOf(directory: string, locked: Locked): Component {
  const { version, license, integrity = '' } = lockedAt(directory, locked);
  if (license === undefined) throw new Error(`package-lock.json has no licence of ${directory}`);
  const purl = purlOf(directory, locked);
  const sha512 = /^sha512-(\S+)$/.exec(integrity)?.[1];
  return {
    type: 'library',
    'bom-ref': purl,
    name: nameOf(directory),
    version,
    purl,
    licenses: [{ expression: license }],
    ...(sha512 === undefined
      ? {}
      : { hashes: [{ alg: 'SHA-512', content: Buffer.from(sha512, 'base64').toString('hex') }] }),
  };
}

const purlOf = (directory: string, locked: Locked): string =>
  `pkg:npm/${nameOf(directory).replace('@', '%40')}@${lockedAt(directory, locked).version}`;

function lockedAt(directory: string, locked: Locked): Locked[string] {
  const found = locked[directory];
  if (found === undefined) throw new Error(`${directory} is in the bundle, and not in package-lock.json: run npm ci`);
  return found;
}
