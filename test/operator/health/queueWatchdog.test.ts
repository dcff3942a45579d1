import { expect } from 'chai';
import { createQueueWatchdog } from '../../../src/operator/health/queueWatchdog.ts';
import type { QueueStats } from '../../../src/operator/queue.ts';
import { createClock } from '../../support/buildClock.ts';
import { bench, RETRY } from '../queueBench.ts';

const IDLE: QueueStats = {
  live: 0,
  bulk: 0,
  delayed: 0,
  running: 0,
  adds: 0,
  retries: 0,
  started: 0,
  settled: 0,
  longestMs: 0,
};

/** What a watchdog says after so many seconds of what `at` tells of each. */
function judged(seconds: number, at: (second: number) => Partial<QueueStats>, concurrency = 4): string | undefined {
  const watchdog = createQueueWatchdog(concurrency);
  for (let second = 0; second < seconds; second += 1) watchdog.beat({ ...IDLE, ...at(second) });
  return watchdog.failing();
}

describe('A queue', () => {
  it('is stuck when one key has been running for five minutes, whatever the others do', () => {
    const hangs = (second: number) => ({ running: 2, started: second, settled: second, longestMs: second * 1_000 });
    expect(judged(300, hangs)).to.equal(undefined);
    expect(judged(302, hangs)).to.equal('a reconciliation has been running for 301 s');
  });

  it('is not stuck because keys run all the time', () => {
    const busy = (second: number) => ({ running: 4, live: 100, started: second, settled: second, longestMs: 20_000 });
    expect(judged(1_000, busy)).to.equal(undefined);
    const long = (second: number) => ({
      running: 1,
      started: second,
      settled: second,
      longestMs: (second % 120) * 1_000,
    });
    expect(judged(1_000, long)).to.equal(undefined);
  });

  it('is stuck when keys are ready and nothing begins or ends for a minute', () => {
    const stands = () => ({ live: 3, started: 7, settled: 7 });
    expect(judged(60, stands)).to.equal(undefined);
    expect(judged(62, stands)).to.equal('keys are ready and nothing has been done for 61 s');
  });

  it('is not stuck while all its workers wait for a server that does not answer', () => {
    expect(judged(200, (second) => ({ live: 3, running: 4, longestMs: second * 1_000 }))).to.equal(undefined);
  });

  it('is not stuck when nothing is ready: idle, standing by, or all keys waiting for their back-off', () => {
    expect(judged(1_000, () => ({}))).to.equal(undefined);
    expect(judged(1_000, () => ({ delayed: 10_000 }))).to.equal(undefined);
  });

  it('is well again when it goes on', () => {
    const goesOn = (second: number) => ({ live: 3, started: second < 100 ? 7 : second, settled: 7 });
    expect(judged(100, goesOn)).to.not.equal(undefined);
    expect(judged(101, goesOn)).to.equal(undefined);
  });

  it('tells how many keys it started and settled, by which all this is judged', async () => {
    const clock = createClock();
    let tries = 0;
    const { queue } = bench({ clock, answer: () => (++tries < 3 ? RETRY : { result: 'done' }) });
    queue.add('a', 'live');
    await clock.advance(1_000);
    expect(queue.stats()).to.include({ started: 3, settled: 3, running: 0 });
  });
});
