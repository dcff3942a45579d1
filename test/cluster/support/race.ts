import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import type { KubeAdmin } from '../../support/kubeAdmin.ts';

/** Acts again and again, each time so long after the last one began, or at once when that took longer. */
export async function during(ms: number, everyMs: number, act: () => Promise<unknown>): Promise<void> {
  for (const endMs = performance.now() + ms; performance.now() < endMs; ) {
    const nextMs = performance.now() + everyMs;
    await act();
    await sleep(Math.max(0, nextMs - performance.now()));
  }
}

/** Deletes an object again and again; answers how long it was gone each time, in milliseconds. */
export async function repairsOf(admin: KubeAdmin, path: string, times: number): Promise<readonly number[]> {
  const took: number[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    await admin.delete(path);
    const startedMs = performance.now();
    await eventually(async () => expect(await admin.find(path)).not.to.equal(undefined), {
      withinMs: 20_000,
      everyMs: 2,
    });
    took.push(Math.round(performance.now() - startedMs));
    await sleep(BETWEEN_MS);
  }
  return took;
}

const BETWEEN_MS = 500;
