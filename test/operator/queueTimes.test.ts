import { expect } from 'chai';
import type { WorkResult } from '../../src/operator/queue.ts';
import { createQueue } from '../../src/operator/queue.ts';
import { createClock } from '../support/buildClock.ts';
import { bench, DONE, RETRY } from './queueBench.ts';

describe('a key that failed', () => {
  it('comes again after 5 ms, doubling to five minutes', async () => {
    const { clock, queue, started } = bench({ answer: () => RETRY });
    queue.add('a', 'live');
    await clock.advance(2_000_000);
    const times = started.map((start) => Number(start.split('@')[1]));
    const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    expect(gaps.slice(0, 5)).to.deep.equal([5, 10, 20, 40, 80]);
    expect(Math.max(...gaps)).to.equal(300_000);
    expect(gaps.at(-1)).to.equal(300_000);
    expect(queue.stats().retries).to.equal(started.length);
  });

  it('comes again with jitter: half of the delay is random', async () => {
    const { clock, queue, started } = bench({ random: 0, answer: () => RETRY });
    queue.add('a', 'live');
    await clock.advance(2.5 + 5);
    expect(started).to.deep.equal(['a@0', 'a@2.5', 'a@7.5']);
  });

  it('starts over after a success', async () => {
    let fail = true;
    const { clock, queue, started } = bench({ answer: () => (fail ? RETRY : DONE) });
    queue.add('a', 'live');
    await clock.advance(100);
    fail = false;
    await clock.advance(100);
    const before = started.length;
    fail = true;
    queue.add('a', 'live');
    await clock.advance(5);
    expect(started.slice(before)).to.deep.equal(['a@200', 'a@205']);
  });

  it('waits at least as long as the server asks', async () => {
    let first = true;
    const { clock, queue, started } = bench({
      answer: () => {
        const result: WorkResult = first ? { result: 'retry', afterMs: 7000 } : DONE;
        first = false;
        return result;
      },
    });
    queue.add('a', 'live');
    await clock.advance(6999);
    expect(started).to.have.length(1);
    await clock.advance(1);
    expect(started).to.deep.equal(['a@0', 'a@7000']);
  });

  it('comes earlier when a part of it has its own time', async () => {
    let tries = 0;
    const { clock, queue, started } = bench({
      answer: () => {
        tries += 1;
        return tries < 12 ? RETRY : tries === 12 ? { result: 'retry', againAtMs: clock.nowMs() + 20 } : DONE;
      },
    });
    queue.add('a', 'live');
    await clock.advance(60_000);
    const [last, again] = started.slice(-2).map((start) => Number(start.split('@')[1]));
    expect((again ?? 0) - (last ?? 0)).to.equal(20);
  });

  it('that threw is a failure of its own and ends nothing', async () => {
    const clock = createClock(1);
    const started: string[] = [];
    const errors: unknown[] = [];
    const queue = createQueue(
      ({ key }) => {
        started.push(key);
        if (key === 'throws') throw new Error('at once');
        return key === 'rejects' ? Promise.reject(new Error('later')) : Promise.resolve(DONE);
      },
      { clock, concurrency: 1 },
    );
    queue.settled$.subscribe(({ error }) => errors.push(error instanceof Error ? error.message : error));
    for (const key of ['throws', 'rejects', 'fine']) queue.add(key, 'live');
    await clock.advance(5);
    expect(started).to.deep.equal(['throws', 'rejects', 'fine', 'throws', 'rejects']);
    expect(errors).to.deep.equal(['at once', 'later', undefined, 'at once', 'later']);
  });

  it('is started at once by a live event, however long it was to wait', async () => {
    const { clock, queue, started } = bench({ answer: () => RETRY });
    queue.add('a', 'live');
    await clock.advance(1000);
    const before = started.length;
    queue.add('a', 'live');
    expect(started).to.have.length(before + 1);
  });
});

describe('a key with a time', () => {
  it('starts then, and the earliest of two times wins', async () => {
    const { clock, queue, started } = bench({ answer: () => DONE });
    queue.addAt('a', 500);
    queue.addAt('a', 200);
    queue.addAt('a', 900);
    await clock.advance(1000);
    expect(started).to.deep.equal(['a@200']);
  });

  it('that is asked for earlier does not start again then', async () => {
    const { clock, queue, started } = bench({ answer: () => DONE });
    queue.addAt('a', 500);
    queue.add('a', 'live');
    await clock.advance(1000);
    expect(started).to.deep.equal(['a@0']);
  });

  it('given while it runs is not lost', async () => {
    const { clock, queue, started, finish } = bench();
    queue.add('a', 'live');
    queue.addAt('a', 50);
    await finish('a');
    await clock.advance(100);
    expect(started).to.deep.equal(['a@0', 'a@50']);
  });

  it('starts later again when its work says so', async () => {
    const { clock, queue, started } = bench({
      answer: ({ sinceMs }) => (sinceMs < 300 ? { result: 'done', againAtMs: sinceMs + 150 } : DONE),
    });
    queue.add('a', 'live');
    await clock.advance(1000);
    expect(started).to.deep.equal(['a@0', 'a@150', 'a@300']);
  });

  it('is waited for with timers of at most a minute', async () => {
    const { clock, queue, started } = bench({ answer: () => DONE });
    queue.addAt('a', 150_000);
    await clock.advance(200_000);
    expect(started).to.deep.equal(['a@150000']);
    expect(Math.max(...clock.delays)).to.equal(60_000);
  });
});
