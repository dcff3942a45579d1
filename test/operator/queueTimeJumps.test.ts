import { expect } from 'chai';
import type { Clock } from '../../src/operator/clock.ts';
import { systemClock } from '../../src/operator/clock.ts';
import { createQueue } from '../../src/operator/queue.ts';
import { createClock } from '../support/buildClock.ts';
import { bench, DONE, RETRY } from './queueBench.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const YEAR_MS = 366 * 24 * HOUR_MS;
/** Above it Node runs a timer after a millisecond (lib/internal/timers.js, TIMEOUT_MAX). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A clock whose hands somebody moves while its timers, which count by themselves, run on. */
function movableClock() {
  const clock = createClock(1);
  let movedMs = 0;
  return {
    clock: { ...clock, nowMs: () => clock.nowMs() + movedMs },
    move: (ms: number) => {
      movedMs += ms;
    },
  };
}

describe('A requeue, when the clock jumps', () => {
  it('forward: what became due is started within a minute, by a timer that was set before', async () => {
    const { clock, move } = movableClock();
    const { queue, started } = bench({ clock, answer: () => DONE });
    queue.addAt('a', 3 * HOUR_MS);
    await clock.advance(10_000);
    move(5 * HOUR_MS);
    await clock.advance(MINUTE_MS);
    expect(started).to.have.lengthOf(1);
    await clock.advance(5 * HOUR_MS);
    expect(started).to.have.lengthOf(1);
  });

  it('forward: a failed key does not wait for its back-off longer than a minute after it', async () => {
    const { clock, move } = movableClock();
    const { queue, started } = bench({ clock, answer: () => RETRY });
    queue.add('a', 'live');
    await clock.advance(HOUR_MS);
    const before = started.length;
    move(HOUR_MS);
    await clock.advance(MINUTE_MS);
    expect(started.length).to.equal(before + 1);
  });

  it('back: it is not lost, not early, and waited for with a timer a minute', async () => {
    const { clock, move } = movableClock();
    const { queue, started } = bench({ clock, answer: () => DONE });
    queue.addAt('a', 30_000);
    await clock.advance(10_000);
    move(-HOUR_MS);
    const timers = clock.delays.length;
    await clock.advance(HOUR_MS + 19_999);
    expect(started).to.deep.equal([]);
    await clock.advance(1);
    expect(started).to.deep.equal(['a@30000']);
    expect(clock.delays.length - timers).to.be.at.most(61);
  });

  it('back and forth: each key is started once, at its time by the clock as it is then', async () => {
    const { clock, move } = movableClock();
    const { queue, started } = bench({ clock, answer: () => DONE });
    for (const [key, atMs] of [
      ['early', 20_000],
      ['late', 2 * HOUR_MS],
    ] as const)
      queue.addAt(key, atMs);
    move(-HOUR_MS);
    await clock.advance(MINUTE_MS);
    move(HOUR_MS);
    await clock.advance(MINUTE_MS);
    expect(started)
      .to.have.lengthOf(1)
      .and.satisfy(([first = '']: string[]) => first.startsWith('early@'));
    await clock.advance(2 * HOUR_MS);
    expect(started).to.have.lengthOf(2);
    expect(started[1]).to.equal(`late@${2 * HOUR_MS}`);
  });

  it('of a machine that slept eight hours: everything due is started when it wakes, each once', async () => {
    const { clock, queue, started } = bench({ answer: () => DONE });
    for (let at = 1; at <= 5; at += 1) queue.addAt(`k${at}`, at * HOUR_MS);
    queue.addAt('tomorrow', 24 * HOUR_MS);
    clock.spend(8 * HOUR_MS);
    await clock.advance(0);
    expect(started.map((start) => start.split('@')[0])).to.deep.equal(['k1', 'k2', 'k3', 'k4', 'k5']);
    await clock.advance(24 * HOUR_MS);
    expect(started).to.have.lengthOf(6);
  });

  for (const [how, byMs] of [
    ['forward', YEAR_MS],
    ['back', -YEAR_MS],
  ] as const) {
    it(`${how} a year, in the process’s own clock: nobody notices, because it is not the time of day`, async () => {
      const real = Date.now;
      const startedMs = performance.now();
      try {
        const done = new Promise<void>((resolve) => {
          const queue = createQueue(
            async () => {
              resolve();
              return DONE;
            },
            { clock: systemClock, concurrency: 1 },
          );
          queue.addAt('a', systemClock.nowMs() + 100);
        });
        Date.now = () => real() + byMs;
        await done;
      } finally {
        Date.now = real;
      }
      expect(performance.now() - startedMs).to.be.within(99, 5_000);
    });
  }
});

describe('A requeue due in 366 days', () => {
  /** The process's own clock, which keeps the delays of the timers that were set. */
  function countingClock() {
    const delays: number[] = [];
    const cancels: (() => void)[] = [];
    const clock: Clock = {
      ...systemClock,
      after: (delayMs, run) => {
        delays.push(delayMs);
        const cancel = systemClock.after(delayMs, run);
        cancels.push(cancel);
        return cancel;
      },
    };
    return { clock, delays, stop: () => cancels.forEach((cancel) => void cancel()) };
  }

  for (const [what, result] of [
    ['asked for by work that is done', { result: 'done', againAtMs: YEAR_MS }],
    ['because a server asked for it', { result: 'retry', afterMs: YEAR_MS }],
  ] as const) {
    it(`${what}, is no hot loop: the work ran once, and one timer waits, which Node takes`, async () => {
      const { clock, delays, stop } = countingClock();
      let runs = 0;
      const queue = createQueue(
        async () => {
          runs += 1;
          return result;
        },
        { clock, concurrency: 1 },
      );
      queue.add('a', 'live');
      await new Promise((resolve) => setTimeout(resolve, 150));
      stop();
      expect(runs).to.equal(1);
      expect(delays).to.have.lengthOf(1);
      expect(Math.max(...delays)).to.be.at.most(LONGEST_TIMER_MS);
    });
  }

  it('comes on its day, once, after no more than a timer a minute', () => {
    const clock = steppingClock();
    const startedAtMs: number[] = [];
    const queue = createQueue(
      () => {
        startedAtMs.push(clock.nowMs());
        return Promise.resolve(DONE);
      },
      { clock, concurrency: 1 },
    );
    queue.addAt('a', YEAR_MS);
    clock.runUntil(YEAR_MS + HOUR_MS);
    expect(startedAtMs).to.deep.equal([YEAR_MS]);
    expect(clock.timers()).to.be.at.most(YEAR_MS / MINUTE_MS + 1);
  });

  /** Virtual time for half a million timers: without a turn of the event loop for each. */
  function steppingClock() {
    let nowMs = 0;
    let timers = 0;
    let next: { readonly atMs: number; readonly run: () => void } | undefined;
    const clock: Clock = {
      ...systemClock,
      nowMs: () => nowMs,
      after: (delayMs, run) => {
        timers += 1;
        const timer = { atMs: nowMs + delayMs, run };
        next = timer;
        return () => {
          if (next === timer) next = undefined;
        };
      },
    };
    const runUntil = (untilMs: number): void => {
      while (next !== undefined && next.atMs <= untilMs) {
        const due = next;
        next = undefined;
        nowMs = due.atMs;
        due.run();
      }
    };
    return { ...clock, runUntil, timers: () => timers };
  }
});
