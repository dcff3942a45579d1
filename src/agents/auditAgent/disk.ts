import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { sha256 } from '../../kube/sha256.ts';
import type { Found } from './files.ts';
import { readPlainFile, removeFile, replaceFile, requirePlainDirectory } from './files.ts';
import { mistakeIn } from './judge.ts';
import { sightOf } from './manifest.ts';
import { withHash } from './manifestHash.ts';
import type { ManifestSight, Observed } from './nextStep.ts';
import type { NodeState } from './nodeState.ts';
import { isSha256, NEW_STATE, readState, stateText } from './nodeState.ts';

export type DiskSight = Pick<Observed, 'policy' | 'policyMistake' | 'copies' | 'manifest'>;

/** All that the agent does to a node: files of two directories, each replaced at once. Everything rejects on a bad disk. */
export interface Disk {
  state(): Promise<NodeState>;
  remember(state: NodeState): Promise<void>;
  look(minor: number | undefined): Promise<DiskSight>;
  /** Saves the policy in force, if it still has that hash. */
  copyInForce(hash: string): Promise<void>;
  copy(hash: string, text: string): Promise<void>;
  /** Puts a copy in force for the next start of the server. */
  putPolicy(hash: string): Promise<void>;
  annotate(mark: string): Promise<void>;
  /** Removes all copies but one. */
  tidy(keep: string): Promise<void>;
}

const MAX_FILE_BYTES = 1 << 20;
/** Of the server's policy and of all that lies beside it. */
const MODE = 0o600;

/** @throws a sentence when a directory is reached by a link */
export async function openDisk(policyFile: string, manifestFile: string): Promise<Disk> {
  await requirePlainDirectory(policyFile);
  await requirePlainDirectory(manifestFile);
  const stateFile = `${policyFile}.drawbridge.json`;
  const directory = dirname(policyFile);
  const prefix = `${basename(policyFile)}.drawbridge-`;
  const copyFile = (hash: string): string => join(directory, `${prefix}${hash}`);
  const copyNames = async (): Promise<readonly string[]> =>
    (await readdir(directory))
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length))
      .filter(isSha256);
  const copyText = async (hash: string): Promise<string | undefined> => {
    const found = await readPlainFile(copyFile(hash), MAX_FILE_BYTES);
    return found.found === 'file' && sha256(found.text) === hash ? found.text : undefined;
  };
  const copy = (hash: string, text: string): Promise<void> => {
    if (sha256(text) !== hash) throw new Error(`what was to be saved as ${hash} is something else by now`);
    return replaceFile(copyFile(hash), text, MODE);
  };
  return {
    state: async () => {
      const found = await readPlainFile(stateFile, MAX_FILE_BYTES);
      if (found.found === 'unusable') throw new Error(`${stateFile} is no plain file: see what it is, then delete it`);
      return found.found === 'absent' ? NEW_STATE : readState(found.text);
    },
    remember: (state) => replaceFile(stateFile, stateText(state), MODE),
    look: async (minor) => {
      const policy = await readPlainFile(policyFile, MAX_FILE_BYTES);
      const names = await copyNames();
      const whole = await Promise.all(names.map(async (name) => (await copyText(name)) !== undefined));
      return {
        ...policySight(policy, minor),
        copies: new Set(names.filter((_, index) => whole[index])),
        manifest: manifestSight(await readPlainFile(manifestFile, MAX_FILE_BYTES), policyFile),
      };
    },
    copyInForce: async (hash) => {
      const found = await readPlainFile(policyFile, MAX_FILE_BYTES);
      if (found.found === 'file') await copy(hash, found.text);
    },
    copy: async (hash, text) => copy(hash, text),
    putPolicy: async (hash) => {
      const text = await copyText(hash);
      if (text === undefined) throw new Error(`the copy of ${hash} is gone`);
      await replaceFile(policyFile, text, MODE);
    },
    annotate: async (mark) => {
      const found = await readPlainFile(manifestFile, MAX_FILE_BYTES);
      if (found.found !== 'file') throw new Error('the manifest is gone');
      await replaceFile(manifestFile, withHash(found.text, mark), found.mode);
    },
    tidy: async (keep) => {
      for (const name of await copyNames()) if (name !== keep) await removeFile(copyFile(name));
    },
  };
}

function policySight(found: Found, minor: number | undefined): Pick<DiskSight, 'policy' | 'policyMistake'> {
  if (found.found !== 'file') return { policy: found.found, policyMistake: 'there is none' };
  // A server of another user could not read what this process writes.
  if (found.uid !== process.getuid?.()) return { policy: 'unusable', policyMistake: 'it is of another user' };
  return {
    policy: sha256(found.text),
    policyMistake: minor === undefined ? 'the version of the server is not known' : mistakeIn(found.text, minor),
  };
}

function manifestSight(found: Found, policyFile: string): ManifestSight {
  if (found.found !== 'file') {
    const message = found.found === 'absent' ? 'there is no manifest' : 'the manifest is no plain file below 1 MiB';
    return { usable: false, reason: 'ManifestUnreadable', message };
  }
  if (found.uid !== process.getuid?.()) {
    return {
      usable: false,
      reason: 'ManifestUnreadable',
      message: 'the manifest is of another user than this process',
    };
  }
  return sightOf(found.text, policyFile);
}
