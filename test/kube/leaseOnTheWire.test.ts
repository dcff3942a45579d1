import { expect } from 'chai';
import { isConflict, KubeError, UnreachableError } from '../../src/kube/errors.ts';
import type { LeaseLock } from '../../src/kube/leaseLock.ts';
import { createLeaseLock } from '../../src/kube/leaseLock.ts';
import { leaseOf } from '../../src/kube/leaseRecord.ts';
import { leaseChanges } from '../../src/kube/leaseWatch.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { createTransport } from '../../src/kube/transport.ts';
import { eventually } from '../support/eventually.ts';
import type { FakeApiServer } from '../support/fakeApiServer.ts';
import { startFakeApiServer } from '../support/fakeApiServer.ts';
import { caught } from './caught.ts';
import { PLACE } from './leaseServer.ts';

const COLLECTION = '/apis/coordination.k8s.io/v1/namespaces/drawbridge-system/leases';
const held = (holder: string) =>
  leaseOf(PLACE, { holder, durationMs: 15_000, acquireTime: 't', renewTime: 't', transitions: 1 });
const NEVER = new AbortController().signal;

describe('A Lease on the wire', () => {
  let server: FakeApiServer;
  let transport: Transport;
  let lock: LeaseLock;
  beforeEach(async () => {
    server = await startFakeApiServer();
    transport = createTransport(server.access());
    lock = createLeaseLock(transport, { ...PLACE, fieldManager: 'me', timeoutMs: 300 });
  });
  afterEach(async () => {
    await transport.close();
    await server.close();
  });

  it('is read, created and updated, in its namespace and under our field manager', async () => {
    expect(await lock.read(NEVER)).to.equal(undefined);
    await lock.create(held('a'), NEVER);
    const live = await lock.read(NEVER);
    expect(live?.spec).to.include({ holderIdentity: 'a', leaseDurationSeconds: 15 });
    await lock.update({ ...held('b'), metadata: live?.metadata ?? PLACE }, NEVER);
    expect((await lock.read(NEVER))?.spec).to.include({ holderIdentity: 'b' });
    const [, post, , put] = server.requests;
    expect([post?.method, post?.path, put?.method, put?.path]).to.deep.equal([
      'POST',
      COLLECTION,
      'PUT',
      `${COLLECTION}/drawbridge`,
    ]);
    for (const request of [post, put]) {
      expect(Object.fromEntries(request?.query ?? [])).to.deep.equal({ fieldManager: 'me', fieldValidation: 'Strict' });
    }
  });

  it('is written by one of two that read the same', async () => {
    const live = await lock.create(held('a'), NEVER);
    await lock.update({ ...held('b'), metadata: live.metadata }, NEVER);
    expect(await caught(lock.update({ ...held('c'), metadata: live.metadata }, NEVER))).to.satisfy(isConflict);
    expect(await caught(lock.create(held('c'), NEVER)))
      .to.be.instanceOf(KubeError)
      .with.property('status', 409);
  });

  it('is given up on when a connection hangs, within the time for one request', async () => {
    server.fail(() => true, { type: 'hang' });
    const startedMs = performance.now();
    const error = await caught(lock.read(NEVER));
    expect(error).to.be.instanceOf(UnreachableError).with.property('code', 'TIMEOUT');
    expect(performance.now() - startedMs).to.be.within(250, 5_000);
    expect(await lock.read(NEVER)).to.equal(undefined);
  });

  it('is watched by its name in its namespace, and every change is told', async () => {
    const told: unknown[] = [];
    const live = await lock.create(held('a'), NEVER);
    const subscription = leaseChanges(transport, PLACE).subscribe((lease) => told.push(lease?.spec));
    try {
      await eventually(() => expect(told).to.deep.equal([held('a').spec]));
      const watch = server.requests.find(({ query }) => query.get('watch') === 'true');
      expect([watch?.path, watch?.query.get('fieldSelector')]).to.deep.equal([COLLECTION, 'metadata.name=drawbridge']);
      await lock.update({ ...held(''), metadata: live.metadata }, NEVER);
      await transport.json({ method: 'DELETE', path: `${COLLECTION}/drawbridge` });
      await eventually(() => expect(told.slice(1)).to.deep.equal([held('').spec, undefined]));
    } finally {
      subscription.unsubscribe();
    }
  });
});
