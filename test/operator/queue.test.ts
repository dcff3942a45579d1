import { expect } from 'chai';
import { settle } from '../support/buildClock.ts';
import type { Bench } from './queueBench.ts';
import { bench, DONE, RETRY } from './queueBench.ts';

describe('a queue', () => {
  it('starts a live key in the same turn, without a timer', () => {
    const { clock, queue, started } = bench();
    queue.add('a', 'live');
    expect(started).to.deep.equal(['a@0']);
    expect(clock.delays).to.deep.equal([]);
  });

  it('collapses keys that wait', async () => {
    const { queue, started, finish } = bench({ concurrency: 1 });
    queue.add('a', 'live');
    for (let i = 0; i < 5; i += 1) queue.add('b', i % 2 === 0 ? 'bulk' : 'live');
    expect(queue.stats()).to.include({ live: 1, bulk: 0, running: 1, adds: 6 });
    await finish('a');
    await finish('b');
    expect(started).to.deep.equal(['a@0', 'b@0']);
  });

  it('never runs a key twice at once, and once more when it was asked for meanwhile', async () => {
    const { queue, started, finish } = bench();
    queue.add('a', 'live');
    queue.add('a', 'live');
    queue.add('a', 'bulk');
    expect(started).to.have.length(1);
    await finish('a');
    expect(started).to.have.length(2);
    await finish('a');
    expect(started).to.have.length(2);
  });

  it('never runs more at once than it may', async () => {
    const { queue, started, finish } = bench({ concurrency: 2 });
    for (const key of ['a', 'b', 'c']) queue.add(key, 'live');
    expect(started).to.have.length(2);
    await finish('b');
    expect(started).to.have.length(3);
  });

  it('takes one in eight from bulk', async () => {
    const { queue, started, finish } = bench({ concurrency: 1 });
    queue.add('first', 'live');
    for (let i = 0; i < 20; i += 1) queue.add(`l${i}`, 'live');
    for (let i = 0; i < 20; i += 1) queue.add(`b${i}`, 'bulk');
    for (let i = 0; i < 16; i += 1) await finish(started.at(-1)?.split('@')[0] ?? '');
    const bulk = started.flatMap((start, at) => (start.startsWith('b') ? [at] : []));
    expect(bulk).to.deep.equal([7, 15]);
  });

  it('says since when a key was asked for, through waiting and through a run', async () => {
    const { clock, queue, work, finish } = bench({ concurrency: 1 });
    queue.add('a', 'live');
    clock.spend(3);
    queue.add('a', 'live');
    queue.add('b', 'live');
    clock.spend(4);
    queue.add('a', 'live');
    await finish('a');
    await finish('b');
    expect(work.map(({ key, sinceMs }) => `${key} ${sinceMs}`)).to.deep.equal(['a 0', 'b 3', 'a 3']);
  });

  it('tells how long a key waited and worked', async () => {
    const { clock, queue, settled, finish } = bench({ concurrency: 1 });
    queue.add('a', 'live');
    queue.add('b', 'live');
    clock.spend(5);
    await finish('a');
    clock.spend(2);
    expect(queue.stats().longestMs).to.equal(2);
    await finish('b', { result: 'done', againAtMs: 100 });
    expect(settled).to.deep.equal([
      { key: 'a', result: 'success', durationMs: 5, waitedMs: 0 },
      { key: 'b', result: 'requeue_after', durationMs: 2, waitedMs: 5 },
    ]);
  });

  it('forgets a key that waits', async () => {
    const { clock, queue, started, finish } = bench({ concurrency: 1 });
    queue.add('a', 'live');
    queue.add('b', 'live');
    queue.addAt('c', 10);
    queue.forget('b');
    queue.forget('c');
    await finish('a');
    await clock.advance(100);
    expect(started).to.deep.equal(['a@0']);
  });

  it('hands on one signal, and aborts it when told', () => {
    const { queue, work } = bench();
    queue.add('a', 'live');
    expect(work[0]?.signal.aborted).to.equal(false);
    queue.abort();
    expect(work[0]?.signal.aborted).to.equal(true);
  });
});

describe('bulk work', () => {
  /** Every run takes a millisecond and waits for nothing. */
  const busy = (concurrency: number): Bench => {
    const made = bench({
      concurrency,
      answer: () => {
        made.clock.spend(1);
        return DONE;
      },
    });
    return made;
  };

  it('gives way to the event loop after 5 ms, also when it never waits for an answer', async () => {
    for (const concurrency of [1, 4, 100]) {
      const { clock, queue, started } = busy(concurrency);
      for (let i = 0; i < 60; i += 1) queue.add(`k${i}`, 'bulk');
      await settle();
      expect(clock.waiting(), `with ${concurrency} at once`).to.equal(1);
      let most = started.length;
      for (let turns = 0; started.length < 60 && turns < 100; turns += 1) {
        const before = started.length;
        await clock.turn();
        most = Math.max(most, started.length - before);
      }
      expect(started).to.have.length(60);
      expect(most, `with ${concurrency} at once`).to.be.at.most(7);
    }
  });

  it('does not keep a live key waiting while it rests', async () => {
    const { queue, started } = busy(4);
    for (let i = 0; i < 60; i += 1) queue.add(`k${i}`, 'bulk');
    await settle();
    const before = started.length;
    queue.add('urgent', 'live');
    expect(started.slice(before).map((start) => start.split('@')[0])).to.deep.equal(['urgent']);
  });
});

describe('draining a queue', () => {
  it('takes nothing more, finishes what is ready or runs, then resolves', async () => {
    const { clock, queue, started, finish } = bench({ concurrency: 1 });
    queue.add('a', 'live');
    queue.add('b', 'bulk');
    queue.addAt('later', 10);
    let drained = false;
    const done = queue.drain().then(() => {
      drained = true;
    });
    queue.add('c', 'live');
    await clock.advance(100);
    expect(drained).to.equal(false);
    await finish('a', RETRY);
    expect(drained).to.equal(false);
    await finish('b');
    await done;
    await clock.advance(1000);
    expect(started.map((start) => start.split('@')[0])).to.deep.equal(['a', 'b']);
  });

  it('resolves at once when nothing is to be done', async () => {
    await bench().queue.drain();
  });
});
