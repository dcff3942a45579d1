import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Disk } from '../../../src/agents/auditAgent/disk.ts';
import { openDisk } from '../../../src/agents/auditAgent/disk.ts';
import { temporaryName } from '../../../src/agents/auditAgent/files.ts';
import { NEW_STATE } from '../../../src/agents/auditAgent/nodeState.ts';
import { sha256 } from '../../../src/kube/sha256.ts';
import { QUIET, textOf } from './publishing.ts';

const LOUD = textOf({ level: 'Metadata', rules: [] });
const REJECTED = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'it was done',
    (error: unknown) => String(error),
  );

describe('The disk of a node', () => {
  let dir: string;
  let policyFile: string;
  let manifestFile: string;
  let disk: Disk;
  beforeEach(async () => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'drawbridge-disk-')));
    mkdirSync(join(dir, 'audit'));
    mkdirSync(join(dir, 'manifests'));
    policyFile = join(dir, 'audit', 'policy.yaml');
    manifestFile = join(dir, 'manifests', 'kube-apiserver.yaml');
    writeFileSync(policyFile, QUIET, { mode: 0o644 });
    writeFileSync(
      manifestFile,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { annotations: {} },
        spec: {
          containers: [
            {
              command: [`--audit-policy-file=${policyFile}`],
              volumeMounts: [{ name: 'audit', mountPath: join(dir, 'audit') }],
            },
          ],
          volumes: [{ name: 'audit', hostPath: { path: join(dir, 'audit') } }],
        },
      }),
      { mode: 0o640 },
    );
    disk = await openDisk(policyFile, manifestFile);
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('is seen as it is', async () => {
    expect(await disk.look(36)).to.deep.equal({
      policy: sha256(QUIET),
      policyMistake: undefined,
      copies: new Set(),
      manifest: { usable: true, hash: undefined },
    });
    expect(await disk.look(undefined)).to.include({ policyMistake: 'the version of the server is not known' });
    expect(await disk.state()).to.deep.equal(NEW_STATE);
  });

  it('holds a policy for its owner alone, that replaces the other one at once', async () => {
    const hash = sha256(LOUD);
    const inode = statSync(policyFile).ino;
    await disk.copy(hash, LOUD);
    await disk.putPolicy(hash);
    expect(readFileSync(policyFile, 'utf8')).to.equal(LOUD);
    expect(statSync(policyFile).mode & 0o7777).to.equal(0o600);
    expect(statSync(policyFile).ino).to.not.equal(inode);
    expect(readdirSync(join(dir, 'audit')).sort()).to.deep.equal(['policy.yaml', `policy.yaml.drawbridge-${hash}`]);
  });

  it('keeps the mode of the manifest, and has nothing beside it', async () => {
    await disk.annotate('a'.repeat(64));
    expect((await disk.look(36)).manifest).to.deep.equal({ usable: true, hash: 'a'.repeat(64) });
    expect(statSync(manifestFile).mode & 0o7777).to.equal(0o640);
    expect(readdirSync(join(dir, 'manifests'))).to.deep.equal(['kube-apiserver.yaml']);
  });

  it('is written beside a manifest under a name that kubelet ignores', () => {
    expect(temporaryName(manifestFile)).to.equal(join(dir, 'manifests', '.kube-apiserver.yaml.drawbridge-new'));
  });

  it('is written also where a process that was killed left half a file, or somebody a link', async () => {
    for (const leave of [
      () => writeFileSync(temporaryName(policyFile), 'half'),
      () => symlinkSync('/etc/hostname', temporaryName(policyFile)),
    ]) {
      leave();
      await disk.copyInForce(sha256(QUIET));
      await disk.putPolicy(sha256(QUIET));
      expect(readFileSync(policyFile, 'utf8')).to.equal(QUIET);
      expect(existsSync(temporaryName(policyFile))).to.equal(false);
    }
  });

  it('has no policy where there is a link, a directory, or too much', async () => {
    const elsewhere = join(dir, 'elsewhere');
    writeFileSync(elsewhere, QUIET);
    for (const put of [
      () => symlinkSync(elsewhere, policyFile),
      () => mkdirSync(policyFile),
      () => writeFileSync(policyFile, 'x'.repeat((1 << 20) + 1)),
    ]) {
      rmSync(policyFile, { recursive: true });
      put();
      expect(await disk.look(36)).to.include({ policy: 'unusable' });
    }
    rmSync(policyFile);
    expect(await disk.look(36)).to.include({ policy: 'absent' });
  });

  it('has no manifest where there is a link', async () => {
    rmSync(manifestFile);
    symlinkSync(policyFile, manifestFile);
    expect((await disk.look(36)).manifest).to.include({ usable: false, reason: 'ManifestUnreadable' });
    expect(await REJECTED(disk.annotate('a'))).to.contain('the manifest is gone');
  });

  it('is not opened through a link, which somebody else may turn', async () => {
    symlinkSync(join(dir, 'audit'), join(dir, 'link'));
    expect(await REJECTED(openDisk(join(dir, 'link', 'policy.yaml'), manifestFile))).to.contain(
      `write ${policyFile} instead`,
    );
  });

  it('takes no copy for one that somebody changed, and puts none in force', async () => {
    const hash = sha256(LOUD);
    await disk.copy(hash, LOUD);
    expect((await disk.look(36)).copies).to.deep.equal(new Set([hash]));
    writeFileSync(`${policyFile}.drawbridge-${hash}`, `${LOUD} `);
    expect((await disk.look(36)).copies).to.deep.equal(new Set());
    expect(await REJECTED(disk.putPolicy(hash))).to.contain('is gone');
    expect(readFileSync(policyFile, 'utf8')).to.equal(QUIET);
  });

  it('saves nothing under the hash of something else', async () => {
    expect(await REJECTED(disk.copy(sha256(QUIET), LOUD))).to.contain('is something else by now');
    expect(await REJECTED(disk.copyInForce(sha256(LOUD)))).to.contain('is something else by now');
  });

  it('loses all copies but the one that is needed', async () => {
    await disk.copy(sha256(LOUD), LOUD);
    await disk.copy(sha256(QUIET), QUIET);
    await disk.tidy(sha256(QUIET));
    expect((await disk.look(36)).copies).to.deep.equal(new Set([sha256(QUIET)]));
  });

  it('remembers', async () => {
    const trying = {
      sha256: sha256(LOUD),
      way: 'back' as const,
      sinceMs: 3,
      before: 1.5,
      seen: 'none' as const,
      mark: 'm',
      why: 'w',
    };
    const state = {
      good: sha256(QUIET),
      isAssumed: true,
      trying,
      refused: [{ sha256: sha256(LOUD), why: 'w', at: 'a' }],
    };
    await disk.remember(state);
    expect(await disk.state()).to.deep.equal(state);
    expect(statSync(`${policyFile}.drawbridge.json`).mode & 0o7777).to.equal(0o600);
  });

  it('does not forget: a state that cannot be read is no empty one', async () => {
    for (const text of ['', '{', '{}', '{"good":"x","refused":[]}', '{"refused":[],"trying":{"sha256":"x"}}']) {
      writeFileSync(`${policyFile}.drawbridge.json`, text);
      expect(await REJECTED(disk.state()), text).to.contain('see what is in it, then delete it');
    }
  });
});
