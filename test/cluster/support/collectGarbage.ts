/**
 * Loaded into a process before its program, with --expose-gc. At SIGUSR2 it collects all garbage and logs what is left:
 * what is alive is exact then, and not a matter of when V8 collected last. At SIGHUP it looks through a heap snapshot and
 * logs every name in it that begins with $NAMES, whoever holds it: what is kept of things that are gone is found by name
 * long before it weighs anything.
 */
import { writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { getHeapSnapshot } from 'node:v8';

const STDERR = 2;
/** Weak references and finalizers need a turn of the event loop between two collections. */
const COLLECTIONS = 3;
/** A name may lie across two chunks of the snapshot. */
const LONGEST_NAME = 253;

const log = (line: object): void => void writeSync(STDERR, `${JSON.stringify(line)}\n`);

async function collect(): Promise<void> {
  for (let at = 0; at < COLLECTIONS; at += 1) {
    globalThis.gc?.();
    await turn();
  }
}

process.on('SIGUSR2', async () => {
  await collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  log({ message: 'garbage collected', heapUsed, external, arrayBuffers, timers });
});

process.on('SIGHUP', async () => {
  await collect();
  const pattern = new RegExp(`${process.env.NAMES}[a-z0-9-]*`, 'g');
  const names = new Set<string>();
  let rest = '';
  for await (const chunk of getHeapSnapshot()) {
    const text = rest + String(chunk);
    for (const [name] of text.matchAll(pattern)) names.add(name);
    rest = text.slice(-LONGEST_NAME);
  }
  log({ message: 'names in the heap', names: [...names] });
});
