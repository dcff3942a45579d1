import { parseArgs } from 'node:util';
import { measurePerEvent } from './perEvent/measure.ts';
import { percentile } from './statistics.ts';

/**
 * What one event costs the operator itself, by the number of namespaces: the whole engine over a store and a server in
 * memory, in real time, so that nothing but the operator is measured. A deny is deleted; measured are the time until the
 * request that brings it back, and all the processor time until the engine rests, reports and statuses included.
 * Arguments: sizes in namespaces. Prints Markdown.
 */
const { positionals } = parseArgs({ allowPositionals: true });
const sizes = positionals.length === 0 ? [100, 1_000, 10_000] : positionals.map(Number);
const us = (ms: number): string => `${(ms * 1_000).toFixed(0)} µs`;
process.stdout.write(
  '| namespaces | to the request, p50 | p99 | processor time per repair | heap |\n|---|---|---|---|---|\n',
);
for (const size of sizes) {
  const { decideMs, cpuMs, heapBytes } = await measurePerEvent(size);
  const row = [
    size,
    us(percentile(decideMs, 0.5)),
    us(percentile(decideMs, 0.99)),
    us(cpuMs),
    `${(heapBytes / 2 ** 20).toFixed(0)} MiB`,
  ];
  process.stdout.write(`| ${row.join(' | ')} |\n`);
}
process.exit(0);
