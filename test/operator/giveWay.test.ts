import { expect } from 'chai';
import { createGiveWay } from '../../src/operator/giveWay.ts';
import { createClock } from '../support/buildClock.ts';
import { bench, DONE } from './queueBench.ts';

/** A queue of repairs, and one of reports that gives way to it. */
function repairsAndReports() {
  const clock = createClock();
  const repairs = bench({ clock });
  const { ticketMs } = createGiveWay(clock, repairs.queue);
  const reports = bench({ clock, answer: () => DONE, giveWayMs: ticketMs });
  return { clock, repairs, reports };
}

describe('What tells of repairs', () => {
  it('goes at once where nothing was repaired', () => {
    const { reports } = repairsAndReports();
    reports.queue.add('a', 'live');
    expect(reports.started).to.deep.equal(['a@0']);
  });

  it('waits while a repair runs, and a tenth of a second longer', async () => {
    const { clock, repairs, reports } = repairsAndReports();
    repairs.queue.add('repair', 'live');
    reports.queue.add('a', 'live');
    await clock.advance(330);
    expect(reports.started).to.deep.equal([]);
    await repairs.finish('repair');
    await clock.advance(99);
    expect(reports.started).to.deep.equal([]);
    await clock.advance(101);
    expect(reports.started).to.have.lengthOf(1);
  });

  it('of drift goes after two seconds all the same, of a start after thirty', async () => {
    const { clock, repairs, reports } = repairsAndReports();
    repairs.queue.add('endless', 'live');
    reports.queue.add('start', 'bulk');
    reports.queue.add('drift', 'live');
    await clock.advance(60_000);
    expect(reports.started).to.deep.equal(['drift@2000', 'start@30000']);
  });

  it('goes one by one once it is out of patience, and all at once when it is quiet', async () => {
    const { clock, repairs, reports } = repairsAndReports();
    repairs.queue.add('endless', 'live');
    for (let i = 0; i < 100; i += 1) reports.queue.add(`ns-${i}`, 'live');
    await clock.advance(2_000);
    expect(reports.started).to.deep.equal(['ns-0@2000']);
    await clock.advance(200);
    expect(reports.started).to.have.lengthOf(11);
    await repairs.finish('endless');
    await clock.advance(200);
    expect(reports.started).to.have.lengthOf(100);
  });

  it('is asked for without a timer for each key', async () => {
    const { clock, repairs, reports } = repairsAndReports();
    repairs.queue.add('endless', 'live');
    for (let i = 0; i < 1_000; i += 1) reports.queue.add(`ns-${i}`, 'live');
    await clock.advance(1_000);
    expect(clock.delays).to.have.lengthOf.below(20);
    expect(reports.started).to.deep.equal([]);
  });

  it('is not held up by a drain', async () => {
    const { repairs, reports } = repairsAndReports();
    repairs.queue.add('endless', 'live');
    reports.queue.add('a', 'live');
    await reports.queue.drain();
    expect(reports.started).to.deep.equal(['a@0']);
  });
});
