import { expect } from 'chai';
import { createStore } from '../../../src/kube/store.ts';
import type { Transport } from '../../../src/kube/transport.ts';
import { createHealth } from '../../../src/operator/health/health.ts';
import { healthPage } from '../../../src/operator/health/healthPage.ts';
import type { Logger } from '../../../src/operator/logger.ts';
import { createMetrics } from '../../../src/operator/metrics.ts';
import { createWatches } from '../../../src/operator/watches.ts';
import { createClock } from '../../support/buildClock.ts';
import { bench } from '../queueBench.ts';

const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} } as unknown as Logger;

/** Whatever is asked for never comes. */
const FROZEN = { stream: () => () => {}, json: () => new Promise(() => {}) } as unknown as Transport;

/** A process whose watches are frozen, with one queue. */
function process() {
  const clock = createClock();
  const health = createHealth(clock);
  const watches = createWatches(FROZEN, createStore([]), createMetrics(), SILENT, health.awakeMs);
  const { queue, finish } = bench({ clock });
  const checks = health.checks(watches.stuck, { namespaces: { queue, concurrency: 4 } });
  return { clock, health, watches, queue, finish, page: () => healthPage(checks) };
}

describe('/healthz', () => {
  it('is green at the start, and names what it judges', () => {
    expect(process().page()).to.deep.include({
      status: 200,
      body: '[+]event-loop ok\n[+]watches ok\n[+]queue-namespaces ok\nok\n',
    });
  });

  it('turns red five minutes after a watch showed the last sign of life', async () => {
    const { clock, watches, page } = process();
    watches.ensure(['NetworkPolicy']);
    await clock.advance(300_000);
    expect(page().status).to.equal(200);
    await clock.advance(2_000);
    expect(page().body).to.include('[-]watches failed: the watch of NetworkPolicy has shown no life for five minutes');
    expect(page().status).to.equal(500);
    watches.stop();
  });

  it('turns red when a reconciliation hangs for five minutes, and green when it ends', async () => {
    const { clock, queue, finish, page } = process();
    queue.add('a', 'live');
    await clock.advance(300_000);
    expect(page().status).to.equal(200);
    await clock.advance(3_000);
    expect(page().body).to.include('[-]queue-namespaces failed: a reconciliation has been running for');
    await finish('a');
    await clock.advance(1_000);
    expect(page().status).to.equal(200);
  });

  it('is as it was for a process that goes on after it stood still for hours', async () => {
    const { clock, watches, queue, page } = process();
    watches.ensure(['NetworkPolicy']);
    queue.add('a', 'live');
    await clock.advance(10_000);
    clock.spend(7_200_000);
    await clock.advance(5_000);
    expect(page().status).to.equal(200);
    watches.stop();
  });
});
