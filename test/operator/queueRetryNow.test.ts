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
});
