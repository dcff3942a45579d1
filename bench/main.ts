import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { RUNTIME } from '../tools/bundle/runtime.ts';
import type { Figures } from './scenario.ts';
import { measure } from './scenario.ts';
import { ms, times } from './statistics.ts';

/**
 * Measures the bundled operator beside a bare writer and a bare watch-and-write loop in the same run, so that the figures
 * are ratios. Arguments: sizes in namespaces; 500 unless given. Prints Markdown; fails on nothing but errors.
 */
const sizes = process.argv.slice(2).map(Number);
const bundle = fileURLToPath(new URL('../dist/drawbridge.js', import.meta.url));
const log = (line: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

for (const size of sizes.length === 0 ? [500] : sizes) {
  if (!Number.isInteger(size) || size < 1) throw new Error(`"${size}" is no number of namespaces`);
  process.stdout.write(`${table(await measure(size, bundle, log))}\n`);
}
process.stdout.write(`### What one event costs the operator itself\n\n${perEvent()}\n`);
process.exit(0);

/** In a process of its own, run as the bundle is. */
function perEvent(): string {
  const program = fileURLToPath(new URL('perEvent.ts', import.meta.url));
  return execFileSync(process.execPath, [...RUNTIME.nodeArgs, program], { encoding: 'utf8' });
}

function table(f: Figures): string {
  const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  const row = (what: string, operator: string, limit = '', ratio = ''): string =>
    `| ${what} | ${operator} | ${limit} | ${ratio} |`;
  const { cold, edit, operator, bare } = f;
  return [
    `### ${f.namespaces} namespaces, ${f.objects} objects (${cpus().length} cores, Node ${process.version})`,
    '',
    '| | operator | limit | ratio |',
    '|---|---|---|---|',
    row('cold convergence', ms(cold.operatorMs), ms(cold.bareMs), times(cold.operatorMs, cold.bareMs)),
    row('writes per wanted object', (cold.writes / f.objects).toFixed(3), '1'),
    row('one repair, p50', ms(operator.single.p50), ms(bare.single.p50), times(operator.single.p50, bare.single.p50)),
    row('one repair, p99', ms(operator.single.p99), ms(bare.single.p99), times(operator.single.p99, bare.single.p99)),
    row('a hundred at once, p50', ms(operator.mass.p50), ms(bare.mass.p50), times(operator.mass.p50, bare.mass.p50)),
    row('a hundred at once, p99', ms(operator.mass.p99), ms(bare.mass.p99), times(operator.mass.p99, bare.mass.p99)),
    row('new namespace guarded, p50', ms(f.newNamespace.p50)),
    row('new namespace guarded, p99', ms(f.newNamespace.p99)),
    row(
      'an edit of the baseline, everywhere',
      ms(edit.operatorMs),
      ms(edit.bareMs),
      times(edit.operatorMs, edit.bareMs),
    ),
    row('writes per object it changes', (edit.writes / (f.namespaces + f.born)).toFixed(3), '1'),
    row('event loop held up at most, converging', ms(f.loopDelay.coldMs)),
    row('event loop held up at most, a hundred at once', ms(f.loopDelay.massMs)),
    row('writes in ten idle seconds', String(f.idle.writes), '0'),
    row('CPU while idle', `${(f.idle.cpuShare * 100).toFixed(1)} %`),
    row('restart until all were looked at', ms(f.restart.readyMs)),
    row('writes after a restart', String(f.restart.writes), '0'),
    row('resident memory', mib(f.rssBytes)),
    row('heap in use', mib(f.heapBytes)),
    '',
  ].join('\n');
}
