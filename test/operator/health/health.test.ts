import { expect } from 'chai';
import type { ByteReader } from '../../../src/kube/request.ts';
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
const FROZEN = { follow: () => () => {} } as unknown as Transport;

const BOOKMARK = Buffer.from(
  `${JSON.stringify({
    type: 'BOOKMARK',
    object: { kind: 'NetworkPolicy', apiVersion: 'networking.k8s.io/v1', metadata: { resourceVersion: '7' } },
  })}\n`,
);

/** A process with one queue, whose watches are frozen unless a transport says otherwise. */
function process(transport: Transport = FROZEN) {
  const clock = createClock();
  const health = createHealth(clock);
  const watches = createWatches(
    transport,
    createStore([]),
    createMetrics(),
    SILENT,
    'drawbridge-system',
    health.awakeMs,
  );
  const { queue, finish } = bench({ clock });
  const checks = health.checks(watches.stuck, { namespaces: { queue, concurrency: 4 } });
  return { clock, health, watches, queue, finish, page: () => healthPage(checks) };
}

const following = (onOpen: (reader: ByteReader) => void): Transport =>
  ({
    follow: (_request: unknown, reader: ByteReader) => {
      onOpen(reader);
      return () => {};
    },
  }) as unknown as Transport;

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

  it('stays green while a quiet watch brings a bookmark a minute, and is red five minutes after the last', async () => {
    const readers: ByteReader[] = [];
    const { clock, watches, page } = process(following((reader) => readers.push(reader)));
    watches.ensure(['NetworkPolicy']);
    for (let minute = 0; minute < 15; minute += 1) {
      await clock.advance(60_000);
      readers.at(-1)?.onData(BOOKMARK);
      expect(page().status).to.equal(200);
    }
    await clock.advance(302_000);
    expect(page().status).to.equal(500);
    readers.at(-1)?.onData(BOOKMARK);
    expect(page().status, 'it speaks again').to.equal(200);
    watches.stop();
  });

  it('takes an attempt that fails for a sign of life: an API server that is away makes no watch stuck', async () => {
    const readers: ByteReader[] = [];
    const { clock, watches, page } = process(following((reader) => readers.push(reader)));
    watches.ensure(['NetworkPolicy']);
    await clock.advance(290_000);
    readers.at(-1)?.onError(new Error('connection refused'));
    await clock.advance(290_000);
    expect(page().status).to.equal(200);
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
