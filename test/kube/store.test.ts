import { expect } from 'chai';
import { config } from 'rxjs';
import type { Entry } from '../../src/k8s/entry.ts';
import { entryOf } from '../../src/k8s/entry.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { Store, StoreChange } from '../../src/kube/store.ts';
import { createStore } from '../../src/kube/store.ts';
import { objectIndexContract } from '../k8s/objectIndexContract.ts';
import { entry } from './entries.ts';

const KIND = 'NetworkPolicy';

objectIndexContract('The store', (objects: readonly KubeObject[]) => {
  const store = createStore(['Namespace']);
  for (const object of objects) {
    store.apply(object.kind, { type: 'apply', entry: entryOf(object.kind, object, { body: object }) });
  }
  return store;
});

const world = () => {
  const store = createStore([KIND]);
  const changes: StoreChange[] = [];
  store.changes$.subscribe((change) => changes.push(change));
  const list = (version: number, ...entries: readonly Entry[]) => {
    store.apply(KIND, { type: 'init' });
    for (const one of entries) store.apply(KIND, { type: 'apply', entry: one });
    store.apply(KIND, { type: 'initDone', resourceVersion: String(version) });
  };
  const see = (...entries: readonly Entry[]) => {
    for (const one of entries) store.apply(KIND, { type: 'apply', entry: one });
  };
  const seeDeleted = (name: string, version: number, uid = name) =>
    store.apply(KIND, { type: 'delete', namespace: 'default', name, uid, resourceVersion: String(version) });
  const versions = () =>
    Object.fromEntries([...store.ofKind(KIND)].map(({ name, resourceVersion }) => [name, Number(resourceVersion)]));
  return { store, changes, list, see, seeDeleted, versions };
};

const brief = (changes: readonly StoreChange[]) =>
  changes.map(
    ({ before, after, source }) => `${source} ${before?.resourceVersion ?? '-'}>${after?.resourceVersion ?? '-'}`,
  );

const ref = (name: string, uid = name) => ({ kind: KIND, namespace: 'default', name, uid });

describe('The store', () => {
  it('knows no kind for having been asked about it', () => {
    const { store } = world();
    expect([...store.ofKind('Pod')]).to.deep.equal([]);
    expect([...store.inNamespace('Pod', 'default')]).to.deep.equal([]);
    expect(store.kinds()).to.deep.equal([KIND]);
  });

  it('tells a new, a changed and a deleted object with what was there before', () => {
    const { changes, list, see, seeDeleted } = world();
    list(5, entry('a', 3));
    see(entry('a', 6));
    seeDeleted('a', 7);
    expect(brief(changes)).to.deep.equal(['list ->3', 'watch 3>6', 'watch 6>-']);
  });

  it('tells of each list once it is whole, when it already holds it, and of nothing else', () => {
    const { store, list, see, seeDeleted } = world();
    const listed: string[] = [];
    store.listed$.subscribe((kind) => listed.push(`${kind} ${store.size(kind)}`));
    store.apply(KIND, { type: 'init' });
    see(entry('a', 3));
    expect(listed).to.deep.equal([]);
    list(5, entry('a', 3), entry('b', 4));
    see(entry('c', 6));
    seeDeleted('c', 7);
    store.apply(KIND, { type: 'bookmark', resourceVersion: '8' });
    list(9);
    expect(listed).to.deep.equal([`${KIND} 2`, `${KIND} 0`]);
  });

  it('holds the change before it tells it', () => {
    const { store, see } = world();
    const sizes: number[] = [];
    store.changes$.subscribe(() => sizes.push(store.size(KIND)));
    see(entry('a', 1), entry('b', 2));
    expect(sizes).to.deep.equal([1, 2]);
  });

  it('drops what is older and stays silent about what it has', () => {
    const { changes, list, see, versions } = world();
    list(5, entry('a', 9));
    see(entry('a', 8), entry('a', 9), entry('a', 10));
    expect(brief(changes)).to.deep.equal(['list ->9', 'watch 9>10']);
    expect(versions()).to.deep.equal({ a: 10 });
  });

  it('takes no object for new that a watch tells of a second time after its end', () => {
    const { changes, list, see, seeDeleted, versions } = world();
    list(5);
    see(entry('a', 6));
    seeDeleted('a', 7);
    see(entry('a', 6));
    expect(versions()).to.deep.equal({});
    seeDeleted('a', 7);
    see(entry('b', 8));
    expect(brief(changes)).to.deep.equal(['watch ->6', 'watch 6>-', 'watch ->8']);
  });

  it('orders versions as numbers', () => {
    const { see, versions } = world();
    see(entry('a', 9), entry('a', 10));
    expect(versions()).to.deep.equal({ a: 10 });
  });

  it('keeps the identity of what did not change', () => {
    const { changes, see } = world();
    const body = () => ({ podSelector: {}, ingress: [{ from: [] }] });
    see(entry('a', 1, { body: body(), labels: { x: 'y' } }));
    see(entry('a', 2, { body: body(), labels: { x: 'y' }, manager: 'other' }));
    see(entry('a', 3, { body: { ...body(), egress: [] }, labels: { x: 'y' } }));
    const [, second, third] = changes;
    expect(second?.before?.body).to.equal(second?.after?.body);
    expect(second?.before?.labels).to.equal(second?.after?.labels);
    expect(third?.before?.body).not.to.equal(third?.after?.body);
    expect(third?.before?.labels).to.equal(third?.after?.labels);
  });

  it('shares equal bodies and labels between objects', () => {
    const { store, see } = world();
    see(
      entry('a', 1, { body: { x: [1] }, labels: { l: '1' } }),
      entry('b', 2, { body: { x: [1] }, labels: { l: '1' } }),
    );
    const [a, b] = [store.get(KIND, 'default', 'a'), store.get(KIND, 'default', 'b')];
    expect(a?.body).to.equal(b?.body);
    expect(a?.labels).to.equal(b?.labels);
  });

  it('takes the answer of an own write at once, and says nothing when the watch brings it again', () => {
    const { store, changes, list, see } = world();
    list(5, entry('a', 3));
    store.acknowledge(entry('a', 6));
    see(entry('a', 6));
    expect(brief(changes)).to.deep.equal(['list ->3', 'write 3>6']);
  });

  it('takes no answer that comes after a newer event', () => {
    const { store, changes, list, see } = world();
    list(5, entry('a', 3));
    see(entry('a', 6), entry('a', 7));
    store.acknowledge(entry('a', 6));
    expect(brief(changes)).to.deep.equal(['list ->3', 'watch 3>6', 'watch 6>7']);
  });

  it('does not revive an object by an answer that comes after its deletion', () => {
    const { store, changes, list, see, seeDeleted } = world();
    list(5);
    see(entry('a', 6));
    seeDeleted('a', 7);
    store.acknowledge(entry('a', 6));
    expect(brief(changes)).to.deep.equal(['watch ->6', 'watch 6>-']);
  });

  it('forgets an object at once when an own delete is acknowledged, whatever older events still come', () => {
    const { store, changes, list, see, seeDeleted, versions } = world();
    list(5, entry('a', 3));
    store.acknowledgeDelete(ref('a'));
    see(entry('a', 6));
    expect(versions()).to.deep.equal({});
    seeDeleted('a', 7);
    expect(brief(changes)).to.deep.equal(['list ->3', 'write 3>-']);
  });

  it('takes a successor of what it deleted, before and after the deletion is seen', () => {
    const { store, list, see, seeDeleted, versions } = world();
    list(5, entry('a', 3));
    store.acknowledgeDelete(ref('a'));
    store.acknowledge(entry('a', 8, { uid: 'second' }));
    see(entry('a', 6));
    seeDeleted('a', 7);
    expect(versions()).to.deep.equal({ a: 8 });
    see(entry('a', 8, { uid: 'second' }));
    expect(store.get(KIND, 'default', 'a')?.uid).to.equal('second');
  });

  it('shows again what it deleted but a finalizer holds, as being deleted', () => {
    const { store, list, see, seeDeleted, changes } = world();
    list(5, entry('a', 3));
    store.acknowledgeDelete(ref('a'));
    see(entry('a', 6, { deleting: true }));
    expect(store.get(KIND, 'default', 'a')?.deleting).to.equal(true);
    seeDeleted('a', 7);
    expect(brief(changes)).to.deep.equal(['list ->3', 'write 3>-', 'watch ->6', 'watch 6>-']);
  });

  it('lets an acknowledged delete that the watch overtook alone', () => {
    const { store, list, see, seeDeleted, versions } = world();
    list(5, entry('a', 3));
    seeDeleted('a', 6);
    see(entry('a', 7, { uid: 'second' }));
    store.acknowledgeDelete(ref('a'));
    expect(versions()).to.deep.equal({ a: 7 });
  });

  it('replaces an object by a newer one of another uid', () => {
    const { changes, list, see } = world();
    list(5, entry('a', 3));
    see(entry('a', 8, { uid: 'second' }));
    expect(changes.at(-1)?.before?.uid).to.equal('a');
    expect(changes.at(-1)?.after?.uid).to.equal('second');
  });

  it('keeps a newer object when the deletion of an older uid comes late', () => {
    const { store, list, seeDeleted, versions } = world();
    list(5, entry('a', 3));
    store.acknowledge(entry('a', 8, { uid: 'second' }));
    seeDeleted('a', 7, 'a');
    expect(versions()).to.deep.equal({ a: 8 });
  });

  it('treats an object of which nothing is kept as not there', () => {
    const { store, changes, list, versions } = world();
    list(5, entry('a', 3));
    const drop = { namespace: 'default', name: 'a', uid: 'a', resourceVersion: '6' };
    store.apply(KIND, { type: 'drop', ...drop });
    store.apply(KIND, { type: 'drop', ...drop, name: 'b' });
    expect(versions()).to.deep.equal({});
    expect(brief(changes)).to.deep.equal(['list ->3', 'watch 3>-']);
  });

  it('gives back the memory of what is gone', () => {
    const store = createStore([KIND]);
    const bodies = new WeakRef(store);
    expect(bodies.deref()).to.equal(store);
    for (let index = 0; index < 10; index += 1)
      store.apply(KIND, { type: 'apply', entry: entry(`e${index}`, index + 1) });
    store.apply(KIND, { type: 'init' });
    store.apply(KIND, { type: 'initDone', resourceVersion: '99' });
    expect(store.size(KIND)).to.equal(0);
    expect([...store.inNamespace(KIND, 'default')]).to.deep.equal([]);
  });
});

describe('A relist', () => {
  it('keeps the old world readable and removes at its end what was not listed', () => {
    const { store, changes, list, versions } = world();
    list(5, entry('a', 3), entry('b', 4));
    store.apply(KIND, { type: 'init' });
    expect(versions()).to.deep.equal({ a: 3, b: 4 });
    store.apply(KIND, { type: 'apply', entry: entry('a', 7) });
    expect(versions()).to.deep.equal({ a: 7, b: 4 });
    store.apply(KIND, { type: 'initDone', resourceVersion: '9' });
    expect(versions()).to.deep.equal({ a: 7 });
    expect(brief(changes).slice(2)).to.deep.equal(['list 3>7', 'list 4>-']);
  });

  it('that is started over counts from its second start', () => {
    const { store, list, versions } = world();
    list(5, entry('a', 3), entry('b', 4));
    store.apply(KIND, { type: 'init' });
    store.apply(KIND, { type: 'apply', entry: entry('b', 4) });
    list(9, entry('a', 3));
    expect(versions()).to.deep.equal({ a: 3 });
  });

  it('keeps what an own write created after its version', () => {
    const { store, list, versions } = world();
    list(5, entry('a', 3));
    store.apply(KIND, { type: 'init' });
    store.acknowledge(entry('b', 10));
    store.apply(KIND, { type: 'apply', entry: entry('a', 3) });
    store.apply(KIND, { type: 'initDone', resourceVersion: '9' });
    expect(versions()).to.deep.equal({ a: 3, b: 10 });
  });

  it('does not bring back what was deleted while it ran', () => {
    const { store, list, versions, see } = world();
    list(5, entry('a', 3));
    store.apply(KIND, { type: 'init' });
    store.acknowledgeDelete(ref('a'));
    store.apply(KIND, { type: 'apply', entry: entry('a', 3) });
    store.apply(KIND, { type: 'initDone', resourceVersion: '9' });
    see(entry('a', 10));
    expect(versions()).to.deep.equal({});
  });

  it('takes a deletion that is streamed in between', () => {
    const { store, list, seeDeleted, versions } = world();
    list(5, entry('a', 3));
    store.apply(KIND, { type: 'init' });
    store.apply(KIND, { type: 'apply', entry: entry('a', 3) });
    seeDeleted('a', 8);
    store.apply(KIND, { type: 'initDone', resourceVersion: '9' });
    expect(versions()).to.deep.equal({});
  });

  it('does not keep what an answer brings back after its deletion was streamed', () => {
    const { store, list, seeDeleted, versions } = world();
    list(5);
    store.apply(KIND, { type: 'init' });
    store.apply(KIND, { type: 'apply', entry: entry('a', 7) });
    seeDeleted('a', 8);
    store.acknowledge(entry('a', 7));
    store.apply(KIND, { type: 'initDone', resourceVersion: '9' });
    expect(versions()).to.deep.equal({});
  });

  it('takes an answer at once that is older than what it has listed so far', () => {
    const { store, list, versions } = world();
    list(5);
    store.apply(KIND, { type: 'init' });
    store.apply(KIND, { type: 'apply', entry: entry('b', 9) });
    store.acknowledge(entry('c', 8));
    expect(versions()).to.deep.equal({ b: 9, c: 8 });
  });

  it('ends the memory of deletes from before it', () => {
    const { store, list, versions } = world();
    list(5, entry('a', 3));
    store.acknowledgeDelete(ref('a'));
    list(9);
    list(12, entry('a', 11));
    expect(versions()).to.deep.equal({ a: 11 });
  });

  it('of a cluster restored from a backup replaces what was newer', () => {
    const { list, versions, see } = world();
    list(50, entry('a', 40), entry('b', 45), entry('c', 20));
    see(entry('a', 51));
    list(30, entry('a', 10), entry('c', 20));
    expect(versions()).to.deep.equal({ a: 10, c: 20 });
    see(entry('a', 31));
    expect(versions()).to.deep.equal({ a: 31, c: 20 });
  });

  it('without news is silent', () => {
    const { changes, list } = world();
    list(5, entry('a', 3));
    list(9, entry('a', 3));
    expect(changes).to.have.length(1);
  });
});

describe('A synced store', () => {
  it('is synced once every kind asked for was listed', async () => {
    const store = createStore(['A', 'B']);
    const order: string[] = [];
    const waiting = store.synced(['A', 'B']).then(() => order.push('synced'));
    store.apply('A', { type: 'init' });
    store.apply('A', { type: 'initDone', resourceVersion: '1' });
    await Promise.resolve();
    order.push('A');
    expect([store.isSynced('A'), store.isSynced('B'), store.isSynced('C')]).to.deep.equal([true, false, false]);
    store.apply('B', { type: 'initDone', resourceVersion: '1' });
    await waiting;
    expect(order).to.deep.equal(['A', 'synced']);
    await store.synced(['A', 'B']);
    await store.synced([]);
  });

  it('stays synced through an outage', () => {
    const { store, list } = world();
    list(5);
    store.apply(KIND, { type: 'interrupted', cause: 'gone', retryInMs: 5 });
    store.apply(KIND, { type: 'init' });
    expect(store.isSynced(KIND)).to.equal(true);
  });

  it('forgets a kind that is no longer watched', () => {
    const { store, changes, list } = world();
    list(5, entry('a', 3));
    store.forget(KIND);
    expect([store.isSynced(KIND), store.size(KIND), changes.length]).to.deep.equal([false, 0, 1]);
    expect(store.kinds()).to.deep.equal([KIND]);
  });
});

describe('Subscribers of the store', () => {
  const quietly = async (act: () => void): Promise<unknown[]> => {
    const errors: unknown[] = [];
    const before = config.onUnhandledError;
    config.onUnhandledError = (error) => errors.push(error);
    act();
    await new Promise((resolve) => setTimeout(resolve, 5));
    config.onUnhandledError = before;
    return errors;
  };

  it('that throw break neither the store nor other subscribers', async () => {
    const { store, see, versions } = world();
    const seen: string[] = [];
    store.changes$.subscribe(() => {
      throw new Error('subscriber');
    });
    store.changes$.subscribe(({ after }) => seen.push(after?.name ?? ''));
    const errors = await quietly(() => see(entry('a', 1), entry('b', 2)));
    expect(versions()).to.deep.equal({ a: 1, b: 2 });
    expect(seen).to.deep.equal(['a', 'b']);
    expect(errors).to.have.length(2);
  });

  it('that write see their own change after the one they are told of, as all others do', () => {
    const store: Store = createStore([KIND]);
    const orders: string[][] = [[], []];
    store.changes$.subscribe(({ after }) => {
      orders[0]?.push(after?.name ?? '');
      if (after?.name === 'a') store.acknowledge(entry('b', 2));
    });
    store.changes$.subscribe(({ after }) => orders[1]?.push(after?.name ?? ''));
    store.acknowledge(entry('a', 1));
    expect(orders).to.deep.equal([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });
});
