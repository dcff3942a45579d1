import { expect } from 'chai';
import type { Store } from '../../src/kube/store.ts';
import { createStore } from '../../src/kube/store.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { createTransport } from '../../src/kube/transport.ts';
import type { WatchEvent, WatchOptions } from '../../src/kube/watch.ts';
import { watchKind } from '../../src/kube/watch.ts';
import { eventually } from '../support/eventually.ts';
import type { FakeApiServer } from '../support/fakeApiServer.ts';
import { startFakeApiServer } from '../support/fakeApiServer.ts';
import { POLICIES, policy, policyRoute } from './entries.ts';

const COLLECTION = 'networking.k8s.io/networkpolicies';

describe('A watch and its store over HTTP', () => {
  let server: FakeApiServer;
  let transport: Transport;
  let store: Store;
  let events: WatchEvent[];
  let stop: () => void;
  const follow = (options: WatchOptions = {}) => {
    const subscription = watchKind(transport, POLICIES, options).subscribe((event) => {
      events.push(event);
      store.apply(POLICIES.kind, event);
    });
    stop = () => subscription.unsubscribe();
    return store.synced([POLICIES.kind]);
  };
  const put = (name: string, spec: object = {}) => server.world.put(policyRoute(name), policy(name, spec));
  const converged = () =>
    eventually(() => {
      const live = server.world.list(COLLECTION).map(({ metadata }) => [metadata.name, metadata.resourceVersion]);
      const known = [...store.ofKind(POLICIES.kind)].map(({ name, resourceVersion }) => [name, resourceVersion]);
      expect(Object.fromEntries(known)).to.deep.equal(Object.fromEntries(live));
    });
  const causes = () => events.flatMap((event) => (event.type === 'interrupted' ? [event.cause] : []));

  beforeEach(async () => {
    server = await startFakeApiServer();
    transport = createTransport(server.access());
    store = createStore([POLICIES.kind]);
    events = [];
    stop = () => undefined;
  });
  afterEach(async () => {
    stop();
    await transport.close();
    await server.close();
  });

  for (const streaming of [true, false]) {
    it(`lists ${streaming ? 'in a stream' : 'in pages'} and follows`, async () => {
      server.setStreamingList(streaming);
      for (let index = 0; index < 1_200; index += 1) put(`p${index}`, { text: 'ü'.repeat(index) });
      await follow();
      expect(store.size(POLICIES.kind)).to.equal(1_200);
      put('p7', { changed: true });
      server.world.remove(policyRoute('p8'));
      put('new');
      await converged();
      expect(server.watches.count()).to.equal(1);
    });
  }

  it('starts a list in pages over when its token expires midway', async () => {
    server.setStreamingList(false);
    for (let index = 0; index < 10; index += 1) put(`p${index}`);
    server.fail(({ query }) => query.has('continue'), { type: 'status', status: 410, reason: 'Expired' });
    await follow({ pageSize: 4 });
    await converged();
    expect(causes()).to.deep.equal(['unsupported', 'gone']);
  });

  for (const [how, cause] of [
    ['reset', 'unreachable'],
    ['truncate', 'malformed'],
    ['garbage', 'malformed'],
    ['close', 'closed'],
    ['freeze', 'idle'],
  ] as const) {
    it(`loses nothing when the connection ends by ${how}`, async () => {
      put('a');
      await follow({ idleMs: how === 'freeze' ? 150 : 100_000 });
      put('b');
      await converged();
      server.watches.cut(how);
      put('c');
      put('a', { changed: true });
      server.world.remove(policyRoute('b'));
      await converged();
      expect(causes()[0]).to.equal(cause);
      await eventually(() => expect(server.open()).to.equal(1), { withinMs: 1_000 });
      expect(events.filter(({ type }) => type === 'init')).to.have.length(1);
    });
  }

  it('lists again after 410, without an empty gap', async () => {
    put('a');
    put('b');
    await follow();
    const sizes: number[] = [];
    store.changes$.subscribe(() => sizes.push(store.size(POLICIES.kind)));
    server.watches.cut('reset');
    server.world.remove(policyRoute('b'));
    put('c');
    server.world.compact();
    await converged();
    expect(causes()).to.include('gone');
    expect(Math.min(...sizes)).to.be.at.least(2);
  });

  it('is not beaten by refusals of all kinds in a row', async () => {
    put('a');
    await follow();
    const refuse = (status: number) =>
      server.fail(({ query }) => query.get('watch') === 'true', { type: 'status', status });
    for (const status of [401, 401, 429, 503]) refuse(status);
    server.fail(({ query }) => query.get('watch') === 'true', { type: 'reset' });
    server.watches.cut('reset');
    put('b');
    await converged();
  });

  it('closes its connection at once when unsubscribed, wherever it is', async () => {
    server.setStreamingList(false);
    for (let index = 0; index < 50; index += 1) put(`p${index}`);
    for (let turns = 0; turns < 60; turns += 1) {
      void follow({ pageSize: 10 });
      // One turn of the event loop further each time: within the credentials, the connection, the pages, the watch.
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      stop();
      const told = events.length;
      await eventually(() => expect(server.watches.count()).to.equal(0), { everyMs: 5 });
      expect(events).to.have.length(told);
    }
    await transport.close();
    await eventually(() => expect(server.open()).to.equal(0));
  });

  it('does not wait for a connection that nobody answers when unsubscribed', async () => {
    server.fail(() => true, { type: 'hang' });
    void follow();
    await eventually(() => expect(server.open()).to.equal(1));
    stop();
    await eventually(() => expect(server.open()).to.equal(0));
  });
});
