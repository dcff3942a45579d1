import { expect } from 'chai';
import { bench, DONE, RETRY } from './queueBench.ts';

describe('a queue that is told to retry now', () => {
  it('starts failed keys at once, and only those', async () => {
    const { clock, queue, started, finish } = bench();
    queue.add('failed', 'bulk');
    for (let failures = 0; failures < 12; failures += 1) {
      await finish('failed', RETRY);
      await clock.advance(20_000);
    }
    await finish('failed', RETRY);
    queue.addAt('later', clock.nowMs() + 60_000);
    const before = started.length;
    queue.retryNow();
    expect(started.slice(before).map((start) => start.split('@')[0])).to.deep.equal(['failed']);
    await finish('failed', RETRY);
    await clock.advance(5);
    expect(started, 'its back-off begins anew').to.have.length(before + 2);
    await finish('failed', DONE);
    queue.retryNow();
    expect(started).to.have.length(before + 2);
  });

  it('waits out what the server asked for, and nothing beyond it', async () => {
    const { clock, queue, started, finish } = bench();
    queue.add('asked', 'live');
    for (let failures = 0; failures < 12; failures += 1) {
      await finish('asked', RETRY);
      await clock.advance(20_000);
    }
    await finish('asked', { result: 'retry', afterMs: 7000 });
    const before = started.length;
    for (let outages = 0; outages < 7; outages += 1) {
      queue.retryNow();
      await clock.advance(999);
    }
    expect(started, 'not after an outage that ends meanwhile').to.have.length(before);
    await clock.advance(7);
    expect(started, 'its back-off had grown to minutes').to.have.length(before + 1);
  });

  it('waits out what the server asks of a try that was under way', async () => {
    const { clock, queue, started, finish } = bench();
    queue.add('asked', 'live');
    await finish('asked', RETRY);
    await clock.advance(5);
    queue.retryNow();
    await finish('asked', { result: 'retry', afterMs: 7000 });
    await clock.advance(6999);
    expect(started).to.have.length(2);
    await clock.advance(1);
    expect(started).to.have.length(3);
  });

  it('starts a key at once that an event asks for, whatever the server asked for before', async () => {
    const { clock, queue, started, finish } = bench();
    queue.add('asked', 'live');
    await finish('asked', { result: 'retry', afterMs: 7000 });
    await clock.advance(1000);
    queue.add('asked', 'live');
    expect(started).to.deep.equal(['asked@0', 'asked@1000']);
    await finish('asked', RETRY);
    queue.retryNow();
    expect(started, 'a newer answer asked for nothing').to.have.length(3);
  });

  it('no longer asks for a key that was forgotten', async () => {
    const { clock, queue, started, finish } = bench();
    queue.add('gone', 'live');
    await finish('gone', { result: 'retry', afterMs: 7000 });
    queue.forget('gone');
    queue.retryNow();
    await clock.advance(8000);
    expect(started).to.have.length(1);
  });
});
