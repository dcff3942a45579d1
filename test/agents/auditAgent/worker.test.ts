import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import type { Disk } from '../../../src/agents/auditAgent/disk.ts';
import { openDisk } from '../../../src/agents/auditAgent/disk.ts';
import type { Proof, Step } from '../../../src/agents/auditAgent/nextStep.ts';
import { reportOf } from '../../../src/agents/auditAgent/tell.ts';
import type { Turn } from '../../../src/agents/auditAgent/turn.ts';
import type { Told, Worker, WorkerParts } from '../../../src/agents/auditAgent/worker.ts';
import { createWorker } from '../../../src/agents/auditAgent/worker.ts';
import { sha256 } from '../../../src/kube/sha256.ts';
import { systemClock } from '../../../src/operator/clock.ts';
import { manifestOf } from '../../support/staticPods/nodes.ts';
import { QUIET, textOf } from './publishing.ts';

const LOUD = textOf({ level: 'Metadata', rules: [] });
const silent = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

/** A node with real files, and a server that starts anew with what it finds when the manifest changes. */
interface TestNode {
  readonly policyFile: string;
  readonly manifestFile: string;
  readonly disk: Disk;
  readonly parts: WorkerParts;
  /** All steps since the beginning, over all workers. */
  readonly steps: Step['step'][];
  last(): Told | undefined;
  /** Works until there is nothing to do but wait; at most so many steps. */
  run(worker: Worker, steps?: number): Promise<void>;
  runsWith(): string;
  remove(): void;
}

interface Wishes {
  readonly proof?: WorkerParts['proof'];
  /** A server with such a policy is never ready. */
  readonly bad?: string;
}

async function createNode({ proof = async () => 'unknown', bad }: Wishes = {}): Promise<TestNode> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'drawbridge-worker-')));
  const policyFile = join(dir, 'audit', 'policy.yaml');
  const manifestFile = join(dir, 'manifests', 'kube-apiserver.yaml');
  for (const file of [policyFile, manifestFile]) mkdirSync(dirname(file));
  writeFileSync(policyFile, QUIET);
  writeFileSync(manifestFile, manifestOf([`--audit-policy-file=${policyFile}`], dirname(policyFile)));
  const disk = await openDisk(policyFile, manifestFile);
  const steps: Step['step'][] = [];
  let told: Told | undefined;
  let isMine = false;
  // Time passes only while somebody waits.
  let nowMs = 1_000_000;
  let process = 1;
  let manifest = readFileSync(manifestFile, 'utf8');
  let reads = QUIET;
  const look = async (withProcess: boolean) => {
    const now = readFileSync(manifestFile, 'utf8');
    if (now !== manifest) {
      manifest = now;
      process += 1;
      reads = readFileSync(policyFile, 'utf8');
    }
    return { isReady: reads !== bad, process: withProcess ? process : undefined, isAsked: withProcess };
  };
  const turn: Turn = {
    look: async () => ({ turn: isMine ? 'mine' : 'not-mine', refusedElsewhere: new Map() }),
    take: async () => {
      isMine = true;
      return undefined;
    },
    keep: () => {},
    leave: async () => {
      isMine = false;
    },
    stop: async () => {},
  };
  const { signal } = new AbortController();
  return {
    policyFile,
    manifestFile,
    disk,
    steps,
    last: () => told,
    parts: {
      disk,
      server: { look, minor: async () => 36, close: async () => {} },
      turn,
      publication: {
        hear: () => {},
        refresh: async () => {},
        current: () => ({ sha256: sha256(LOUD), text: LOUD }),
        isKnown: () => true,
      },
      clock: { ...systemClock, timestamp: () => new Date(nowMs).toISOString() },
      logger: silent,
      readyMs: 300,
      proofMs: 50,
      proof,
      onStep: (one) => {
        told = one;
        steps.push(one.step.step);
      },
      onChange: () => {},
    },
    run: async (worker, most = 200) => {
      for (let step = 0; step < most; step += 1) {
        const pace = await worker(signal);
        if (pace === 'rest') return;
        if (pace === 'soon') nowMs += 100;
      }
    },
    runsWith: () => reads,
    remove: () => rmSync(dir, { recursive: true }),
  };
}

describe('A roll-out on real files', () => {
  let node: TestNode;
  afterEach(() => node.remove());
  const start = () => createWorker(node.parts);

  it('goes its way, and leaves one copy, one state and the policy', async () => {
    node = await createNode();
    await node.run(await start());
    expect(node.steps.filter((step) => step !== 'remember')).to.deep.equal([
      'ask',
      'copy',
      'copy',
      'takeTurn',
      'putPolicy',
      'annotate',
      'prove',
      'tidy',
      'leaveTurn',
      'rest',
    ]);
    expect(node.runsWith()).to.equal(LOUD);
    const told = node.last();
    if (told === undefined) throw new Error('nothing was told');
    expect(reportOf('a', told)).to.deep.equal({
      node: 'a',
      phase: 'InForce',
      good: sha256(LOUD),
      file: sha256(LOUD),
      wanted: sha256(LOUD),
      reason: 'InForce',
      message: '',
      proof: 'unknown',
    });
  });

  for (const bad of [undefined, LOUD]) {
    it(`of a ${bad === undefined ? 'good' : 'bad'} policy ends well, after whichever step its agent is killed`, async () => {
      for (let steps = 1, most = 40; steps < most; steps += 1) {
        node = await createNode({ ...(bad === undefined ? {} : { bad }) });
        // Killed after that many steps, and the next ones after one more each.
        await node.run(await start(), steps);
        await node.run(await start(), 1);
        expect([QUIET, LOUD]).to.include(readFileSync(node.policyFile, 'utf8'));
        await node.run(await start());
        most = Math.min(most, node.steps.length);
        const state = await node.disk.state();
        expect(state.trying, `after ${steps} steps`).to.equal(undefined);
        const wanted = bad === undefined ? LOUD : QUIET;
        expect(readFileSync(node.policyFile, 'utf8'), `after ${steps} steps`).to.equal(wanted);
        expect(node.runsWith(), `after ${steps} steps`).to.equal(wanted);
        expect(state.good).to.equal(sha256(wanted));
        expect(state.refused.map((one) => one.sha256)).to.deep.equal(bad === undefined ? [] : [sha256(LOUD)]);
        node.remove();
      }
      node = await createNode();
    });
  }

  const proofs: Readonly<Record<string, readonly [WorkerParts['proof'], Proof]>> = {
    'says that it records what it should': [async () => 'effective', 'effective'],
    'knows nothing': [async () => 'unknown', 'unknown'],
    fails: [() => Promise.reject(new Error('no receiver')), 'unknown'],
    'never ends': [() => new Promise<Proof>(() => {}), 'unknown'],
  };
  for (const [what, [proof, said]] of Object.entries(proofs)) {
    it(`ends when its proof ${what}, and says so`, async () => {
      node = await createNode({ proof });
      await node.run(await start());
      expect(node.runsWith()).to.equal(LOUD);
      expect(node.last()?.proof).to.equal(said);
    });
  }

  it('is undone when its proof says that the server does not record what it should', async () => {
    node = await createNode({ proof: async () => 'not-effective' });
    await node.run(await start());
    expect(node.runsWith()).to.equal(QUIET);
    const [refused] = (await node.disk.state()).refused;
    expect(refused).to.include({ sha256: sha256(LOUD) });
    expect(refused?.why).to.contain('does not record what the policy says');
  });

  it('changes no byte of the manifest but the annotation', async () => {
    node = await createNode();
    const before = readFileSync(node.manifestFile, 'utf8');
    await node.run(await start());
    const after = readFileSync(node.manifestFile, 'utf8');
    const line = `    drawbridge.dev/audit-policy-hash: "${sha256(LOUD)}"\n`;
    expect(after.replace(line, '')).to.equal(before);
    expect(after).to.contain(line);
  });
});
