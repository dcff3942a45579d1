import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { beginChurn, churnOnce, PASSING, ROUNDS_A_BLOCK, settleChurn } from './support/churn.ts';
import { useFaultyWorld } from './support/faultyWorld.ts';
import type { Footprint } from './support/footprint.ts';
import { counts, footprintOf, namesKept } from './support/footprint.ts';

const COLLECT_GARBAGE = fileURLToPath(new URL('support/collectGarbage.ts', import.meta.url));
const LONG_MS = process.env.DRAWBRIDGE_LONG_TESTS ? 600_000 : 0;
const FEWEST_BLOCKS = 4;
const MINUTE_MS = 60_000;

/** A moment of rest, and how many namespaces had come and gone by then. */
interface Rest extends Footprint {
  readonly namespaces: number;
}

/**
 * The end is compared with the middle: by then the code is compiled, and every cause of an interruption has its series.
 * What still grows is compiled code, and Events until they are forgotten: 0.6 MB from 140 to 280 namespaces. A governed
 * namespace takes 15 KB (40 of them beside 16), so one that was kept would add 2 MB in the short run, and 20 in the long.
 */
const HEAP_BYTES = LONG_MS > 0 ? 2_500_000 : 1_500_000;
/** Received data: a read of 64 KB for each connection. */
const BUFFER_BYTES = 1_500_000;
/** The pool opens a connection when all are busy, and closes it when it was idle for a minute. */
const SOCKETS = 4;
const TIMERS = 4;
/** Counters that have a series for each cause: a cause that comes by chance may come late. */
const BY_RARE_CAUSE = [
  'drawbridge_watch_restarts_total',
  'rest_client_requests_total',
  'controller_runtime_reconcile_total',
  // A repair that meets a conflict has a series for that result.
  'drawbridge_repairs_total',
];
/** Fewer than baselines came in half of the short run (14), and namespaces (140). */
const RARE = 8;
/** An Event that comes again within six minutes is counted up; until then a round's names are known by it: */
const REMEMBERED_MS = 6 * MINUTE_MS;
/** its baseline, the policy that opens, and up to three namespaces of which something was told. */
const NAMES_A_ROUND = 5;
/** What is on its way when the last Event comes, and halves of names. */
const STRAY_NAMES = 10;

describe('Ten minutes of churn, or one of them', function () {
  this.timeout(LONG_MS + 5 * MINUTE_MS);
  const { world, proxy } = useFaultyWorld({
    nodeArgs: ['--expose-gc', '--no-flush-bytecode', '--import', COLLECT_GARBAGE],
    env: { NAMES: `${PASSING}-` },
  });
  const rests: Rest[] = [];
  const roundsMs: number[] = [];
  let kept: readonly string[] = [];

  before('churn', async () => {
    const operator = world().operator();
    let namespaces = 0;
    let round = 0;
    const rest = async (): Promise<void> => {
      await settleChurn(world());
      const footprint = { ...(await footprintOf(operator)), namespaces };
      rests.push(footprint);
      print(footprint);
    };
    await beginChurn(world());
    await rest();
    for (const endMs = performance.now() + LONG_MS; rests.length <= FEWEST_BLOCKS || performance.now() < endMs; ) {
      for (const last = round + ROUNDS_A_BLOCK; round < last; round += 1) {
        namespaces += await churnOnce(world(), proxy(), round);
        roundsMs.push(performance.now());
      }
      await rest();
    }
    kept = await namesKept(operator);
    console.log(`      ${kept.length} of ${namespaces + round} names of what is gone are in the heap: ${brief(kept)}`);
    expect(world().operator().pid).to.equal(operator.pid);
  });

  const at = (index: number): Rest => {
    const rest = rests.at(index);
    if (rest === undefined) throw new Error('no such rest');
    return rest;
  };
  const start = () => at(0);
  const middle = () => at(Math.floor(rests.length / 2));
  const end = () => at(-1);

  it('leaves the heap flat', () => {
    expect(end().namespaces - middle().namespaces).to.be.at.least(100);
    expect(end().heapBytes - middle().heapBytes).to.be.below(HEAP_BYTES);
    expect(end().externalBytes - middle().externalBytes).to.be.below(BUFFER_BYTES);
  });

  it('leaves no sockets open, and no timers', () => {
    expect(end().sockets - middle().sockets).to.be.at.most(SOCKETS);
    expect(end().timers - middle().timers).to.be.at.most(TIMERS);
  });

  it('leaves the number of series of each metric as it was, and none with the name of what is gone', () => {
    const before = counts(middle());
    const grown = Object.entries(counts(end())).filter(([name, count]) => count !== before[name]);
    const late = grown.filter(([name]) => BY_RARE_CAUSE.includes(name));
    expect(grown, 'other than by rare causes').to.deep.equal(late);
    for (const [name, count] of late) expect(count - (before[name] ?? 0), name).to.be.within(1, RARE);
    expect([...end().series.values()].flat().filter((line) => line.includes(PASSING))).to.deep.equal([]);
  });

  it('leaves as many objects in memory as there were before it', () => {
    expect(end().objects).to.deep.equal(start().objects);
  });

  it('leaves no name of what is gone in memory for longer than an Event is remembered', () => {
    const recent = roundsMs.filter((atMs) => atMs > performance.now() - REMEMBERED_MS);
    expect(kept.length, brief(kept)).to.be.at.most(NAMES_A_ROUND * recent.length + STRAY_NAMES);
  });
});

/** Padding helps nobody who reads. */
const brief = (names: readonly string[]): string => names.map((name) => name.replace(/x+$/, '')).join(' ');

function print({ namespaces, heapBytes, externalBytes, rssBytes, sockets, timers, series, objects }: Rest): void {
  const mb = (bytes: number): string => (bytes / 1e6).toFixed(2);
  const lines = [...series.values()].flat().length;
  const held = Object.values(objects).reduce((sum, count) => sum + count, 0);
  console.log(
    `      after ${namespaces} namespaces: heap ${mb(heapBytes)} MB, buffers ${mb(externalBytes)} MB, ` +
      `RSS ${mb(rssBytes)} MB, ${sockets} sockets, ${timers} timers, ${lines} series, ${held} objects`,
  );
}
