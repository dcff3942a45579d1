import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { BASELINE, GOOD, NAMESPACE, OPEN_POLICY } from '../samples.ts';
import { placesOf, useCheck } from './run.ts';

const OPENS = 'ForeignPolicyOpensNamespace';
const CHART = { 'charts/web/Chart.yaml': 'name: web\n', 'charts/web/templates/policy.yaml': '{{ if .Values.x }}\n' };

describe('A directory that drawbridge check is given', () => {
  const { at, check } = useCheck();

  it('has nothing in it: that is an error, as of a name that was misspelt', async () => {
    at().write({ ...GOOD, 'apps/README.md': 'x' });
    const { code, err } = await check([...Object.keys(GOOD), 'apps']);
    expect([code, err]).to.deep.equal([2, 'error: apps: there is no object in it\n']);
  });

  it('has a chart below it: its templates are left alone, and it is said that it was not judged', async () => {
    at().write({ ...GOOD, ...CHART });
    const ran = await check(['.']);
    expect([ran.code, placesOf(ran)]).to.deep.equal([1, ['NotBuilt charts/web/Chart.yaml:1']]);
    expect(ran.results[0]?.message).to.contain('helm template charts/web | drawbridge … -');
  });

  it('has a kustomization below it: its files are judged as they stand, and what it makes is not', async () => {
    at().write({
      ...GOOD,
      'apps/shop/kustomization.yaml': 'resources: [open.yaml]\n',
      'apps/shop/open.yaml': OPEN_POLICY,
    });
    const ran = await check(['.']);
    expect(ran.code).to.equal(1);
    expect(placesOf(ran)).to.deep.equal(['NotBuilt apps/shop/kustomization.yaml:1', `${OPENS} apps/shop/open.yaml:1`]);
    expect(ran.results[0]?.message).to.contain('name the directory itself (apps/shop)');
  });

  it('has nothing but a chart below it: that is said, and not that it is empty', async () => {
    at().write({ ...GOOD, ...CHART });
    expect(placesOf(await check([...Object.keys(GOOD), 'charts']))).to.deep.equal(['NotBuilt charts/web/Chart.yaml:1']);
  });

  it('is read without what is left out, by path or by name', async () => {
    const files = { ...GOOD, ...CHART, 'apps/a/open.yaml': OPEN_POLICY, 'apps/b/open.yaml': OPEN_POLICY };
    at().write(files);
    const left = async (...globs: readonly string[]) =>
      placesOf(await check(['.', ...globs.flatMap((glob) => ['--ignore', glob])]));
    expect(await left('charts', 'open.yaml')).to.deep.equal([]);
    expect(await left('charts/*', 'apps/a/')).to.deep.equal([`${OPENS} apps/b/open.yaml:1`]);
    expect(await left('c?arts', 'apps/*')).to.deep.equal([]);
    const named = await check([...Object.keys(GOOD), 'apps/a/open.yaml', '--ignore', 'open.yaml']);
    expect(placesOf(named), 'what is named is read').to.deep.equal([`${OPENS} apps/a/open.yaml:1`]);
  });

  it('is read without what Git and npm keep in it', async () => {
    at().write({
      ...GOOD,
      '.git/open.yaml': OPEN_POLICY,
      'node_modules/x/open.yaml': OPEN_POLICY,
      '.ci/open.yaml': OPEN_POLICY,
    });
    expect(placesOf(await check(['.']))).to.deep.equal([`${OPENS} .ci/open.yaml:1`]);
  });

  it('holds what cannot be read: a finding where it may be an object, and said where it is none', async () => {
    at().write({
      ...GOOD,
      'broken.yaml': OPEN_POLICY.replace('[{}]', '[{}'),
      'tsconfig.json': '{"a": [ // x\n}',
      'ci.yml': 'a: [\n',
    });
    const ran = await check(['.']);
    expect([ran.code, placesOf(ran)]).to.deep.equal([1, ['Unreadable broken.yaml:4']]);
    expect(ran.err).to.contain('passed over what cannot be read, and speaks of no object: ci.yml, tsconfig.json\n');
  });

  it('tells --facts nothing where it cannot be read: that is an error, and not a cluster of which nothing is known', async () => {
    at().write({ ...GOOD, 'facts/broken.yaml': OPEN_POLICY.replace('[{}]', '[{}'), 'none/a.txt': '' });
    const broken = await check(['baseline.yaml', '--facts', 'facts']);
    expect([broken.code, broken.err.split('\n')[0]]).to.deep.equal([
      2,
      'error: --facts: facts/broken.yaml:4:37: it is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ]);
    const none = await check(['baseline.yaml', '--facts', 'none']);
    expect([none.code, none.err]).to.deep.equal([2, 'error: --facts: none: there is no object in it\n']);
  });
});

describe('A kustomize directory that drawbridge check is given', () => {
  const { at, check } = useCheck();
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });
  /** A kustomize that writes a file, and says so to who asks whether it ran. */
  const install = (): void => {
    const bin = join(at().directory, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'kustomize'), '#!/bin/sh\ntouch "$3/ran"\ncat "$3/built.txt"\n');
    chmodSync(join(bin, 'kustomize'), 0o755);
    process.env.PATH = `${bin}:/bin:/usr/bin`;
  };
  const built = (kustomization: string, more: Readonly<Record<string, string>> = {}) => {
    at().write({
      'overlay/kustomization.yaml': kustomization,
      'overlay/built.txt': `${OPEN_POLICY.replace('open', 'dev-open')}---\n${NAMESPACE}---\n${BASELINE}`,
      'overlay/policy.yaml': OPEN_POLICY,
      ...more,
    });
    install();
    return check(['--fail-on', 'error', 'overlay']);
  };

  it('is judged as it was built, and it is said what of its files was not used', async () => {
    const orphan = OPEN_POLICY.replace('name: open', 'name: orphan');
    const ran = await built('resources: [policy.yaml]\nnamePrefix: dev-\n', { 'overlay/orphan.yaml': orphan });
    expect(placesOf(ran)).to.deep.equal([
      `${OPENS} overlay/policy.yaml:1`,
      'GrantableUnknown overlay/kustomization.yaml:1',
    ]);
    expect(ran.err).to.contain('overlay: kustomize makes nothing of overlay/orphan.yaml\n');
  });

  it('has its objects at the lines of what it stands on, wherever that lies', async () => {
    const base = {
      'base/kustomization.yaml': 'resources: [deep]\n',
      'base/deep/kustomization.yaml': 'resources: [../../files/policy.yaml]\n',
      'files/policy.yaml': `# the one\n${OPEN_POLICY}`,
      'overlay/policy.yaml': 'a: 1\n',
    };
    const ran = await built('resources: [../base]\n', base);
    expect(placesOf(ran)).to.include(`${OPENS} files/policy.yaml:2`);
  });

  it('is left to its own turn below another that is named', async () => {
    await built('resources: [policy.yaml]\n');
    const ran = await check(['--fail-on', 'error', '.', 'overlay', '--ignore', 'bin']);
    expect([ran.code, placesOf(ran)[0]]).to.deep.equal([1, `${OPENS} overlay/policy.yaml:1`]);
    expect(placesOf(ran).filter((place) => place.startsWith('NotBuilt'))).to.deep.equal([]);
  });

  const REMOTE: readonly (readonly [field: string, place: string])[] = [
    ['resources', 'https://example.com/a.yaml'],
    ['resources', 'github.com/owner/name//base?ref=v1'],
    ['resources', 'git@github.com:owner/name'],
    ['resources', 'ssh://git@example.com/name'],
    ['components', 'example.com/owner/name'],
    ['bases', 'git::https://example.com/a'],
    ['transformers', 'http://example.com/t.yaml'],
  ];
  for (const [field, place] of REMOTE) {
    it(`is not built where its ${field} have ${place}: nothing is fetched`, async () => {
      const { code, err } = await built(`# ours\n${field}:\n- policy.yaml\n- ${place}\n`);
      expect([code, err]).to.deep.equal([
        2,
        `error: overlay/kustomization.yaml:4:3: ${place} is remote, and nothing is fetched: write kustomize build overlay | drawbridge … -\n`,
      ]);
    });
  }

  it('is not built where what it stands on is remote', async () => {
    const base = { 'base/kustomization.yml': 'resources: ["https://example.com/a.yaml"]\n' };
    const { code, err } = await built('resources: [../base, ../overlay]\n', base);
    expect([code, err]).to.deep.equal([
      2,
      'error: base/kustomization.yml:1:13: https://example.com/a.yaml is remote, and nothing is fetched: write kustomize build overlay | drawbridge … -\n',
    ]);
  });

  it('is built where a directory only looks as if it were remote', async () => {
    const local = { 'overlay/example.com/base/kustomization.yaml': 'resources: []\n' };
    expect((await built('resources: [policy.yaml, example.com/base]\n', local)).code).to.equal(1);
  });
});
