import { expect } from 'chai';
import type { Entry } from '../../src/k8s/entry.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { loadClusterAccess } from '../../src/kube/config.ts';
import { servedGroups, serverVersion } from '../../src/kube/discovery.ts';
import { isAlreadyExists, isBeingDeleted, isConflict, isInvalid, KubeError } from '../../src/kube/errors.ts';
import { createEventRecorder } from '../../src/kube/events.ts';
import type { Store, StoreChange } from '../../src/kube/store.ts';
import { createStore } from '../../src/kube/store.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { createTransport } from '../../src/kube/transport.ts';
import type { WatchEvent, WatchOptions } from '../../src/kube/watch.ts';
import { watchKind } from '../../src/kube/watch.ts';
import { createWriter } from '../../src/kube/write.ts';
import { caught } from '../kube/caught.ts';
import { POLICIES, policy } from '../kube/entries.ts';
import type { ControlPlane } from '../support/controlPlane/controlPlane.ts';
import { startControlPlane } from '../support/controlPlane/controlPlane.ts';
import { eventually } from '../support/eventually.ts';
import type { KubeAdmin } from '../support/kubeAdmin.ts';
import { kubeAdmin } from '../support/kubeAdmin.ts';
import { START_TIMEOUT_MS } from '../support/sharedControlPlane.ts';

const KIND = POLICIES.kind;
const COLLECTION = '/apis/networking.k8s.io/v1/networkpolicies';
const SPEC = { podSelector: {}, policyTypes: ['Ingress'] };

/** A control plane of its own: its API server is killed here. */
describe('src/kube against a real API server', () => {
  let plane: ControlPlane;
  let admin: KubeAdmin;
  let transport: Transport;
  const stops: (() => unknown)[] = [];

  before('control plane', async function () {
    this.timeout(START_TIMEOUT_MS);
    plane = await startControlPlane({ controllerManager: false });
    admin = kubeAdmin(plane.kubeconfig);
    transport = createTransport(loadClusterAccess({ kubeconfig: plane.kubeconfig }));
  });
  after(async () => {
    await transport?.close();
    await admin?.close();
    await plane?.stop();
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  const follow = (options: WatchOptions = {}) => {
    const store = createStore([KIND]);
    const events: WatchEvent[] = [];
    const changes: StoreChange[] = [];
    store.changes$.subscribe((change) => changes.push(change));
    const subscription = watchKind(transport, POLICIES, options).subscribe((event) => {
      events.push(event);
      store.apply(KIND, event);
    });
    stops.push(() => subscription.unsubscribe());
    return { store, events, changes };
  };
  const namespace = async (name: string) => {
    await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    return name;
  };
  const converged = (store: Store, withinMs = 10_000) =>
    eventually(
      async () => {
        const live = (await admin.list(COLLECTION)).map(({ metadata }) => [metadata.uid, metadata.resourceVersion]);
        const known = [...store.ofKind(KIND)].map(({ uid, resourceVersion }) => [uid, resourceVersion]);
        expect(Object.fromEntries(known)).to.deep.equal(Object.fromEntries(live));
      },
      { withinMs },
    );
  const inParallel = async (count: number, act: (index: number) => Promise<unknown>) => {
    for (let from = 0; from < count; from += 25) {
      await Promise.all(Array.from({ length: Math.min(25, count - from) }, (_, index) => act(from + index)));
    }
  };
  /** Each change begins where the last one of that object ended: nothing was skipped or told twice. */
  const expectChain = (changes: readonly StoreChange[]) => {
    const last = new Map<string, Entry>();
    for (const { before, after } of changes) {
      const key = `${(before ?? after)?.namespace}/${(before ?? after)?.name}`;
      expect(last.get(key)).to.equal(before);
      if (after === undefined) last.delete(key);
      else last.set(key, after);
    }
  };

  it('knows its version and groups', async () => {
    const version = await serverVersion(transport);
    expect(version.major).to.equal(1);
    expect(version.minor).to.be.at.least(31);
    const groups = await servedGroups(transport);
    expect(groups.find(({ group }) => group === '')?.versions).to.deep.equal(['v1']);
    expect(groups.find(({ group }) => group === 'networking.k8s.io')?.versions).to.include('v1');
  });

  for (const streamingList of [true, false]) {
    it(`follows 500 policies, listed ${streamingList ? 'in a stream' : 'in pages'}`, async function () {
      this.timeout(60_000);
      const ns = await namespace(`follow-${streamingList}`);
      const { store, events, changes } = follow({ streamingList, pageSize: 100 });
      await store.synced([KIND]);
      const writer = createWriter(transport, [POLICIES], { fieldManager: 'drawbridge' });
      await inParallel(500, (index) => writer.create(policy(`p${index}`, SPEC, ns)));
      const second = follow({ streamingList, pageSize: 100 });
      await second.store.synced([KIND]);
      expect([...second.store.inNamespace(KIND, ns)]).to.have.length(500);
      await inParallel(500, async (index) => {
        const path = `/apis/networking.k8s.io/v1/namespaces/${ns}/networkpolicies/p${index}`;
        if (index % 2 === 0) await admin.delete(path);
        else await admin.patch(path, { spec: { ingress: [{ from: [{ podSelector: {} }] }] } });
      });
      await converged(store);
      await converged(second.store);
      expectChain(changes);
      expectChain(second.changes);
      expect(events.filter(({ type }) => type === 'interrupted')).to.deep.equal([]);
      const bodies = new Set([...store.inNamespace(KIND, ns)].map(({ body }) => body));
      expect(bodies.size).to.equal(1);
    });
  }

  it('resumes after SIGKILL to the API server and misses nothing that happened meanwhile', async function () {
    this.timeout(120_000);
    const ns = await namespace('killed');
    const { store, events, changes } = follow();
    await store.synced([KIND]);
    const writer = createWriter(transport, [POLICIES], { fieldManager: 'drawbridge' });
    await inParallel(500, async (index) =>
      store.acknowledge(await created(writer.create(policy(`p${index}`, SPEC, ns)))),
    );
    await converged(store);
    await plane.killApiServer();
    await eventually(() => expect(events.some(({ type }) => type === 'interrupted')).to.equal(true));
    expect(store.size(KIND)).to.be.at.least(500);
    await plane.startApiServer();
    const startedMs = performance.now();
    store.acknowledge(await created(writer.create(policy('after', SPEC, ns))));
    const back = eventually(() => expect(events.at(-1)?.type).not.to.equal('interrupted'), { withinMs: 30_000 });
    await inParallel(100, async (index) => {
      const path = `/apis/networking.k8s.io/v1/namespaces/${ns}/networkpolicies/p${index}`;
      if (index % 2 === 0) await admin.delete(path);
      else await admin.patch(path, { metadata: { labels: { edited: 'yes' } } });
    });
    await back;
    await converged(store, 30_000);
    console.log(`      followed again ${Math.round(performance.now() - startedMs)} ms after the server was back`);
    expectChain(changes);
    const edited = [...store.inNamespace(KIND, ns)].filter(({ labels }) => labels.edited === 'yes');
    expect(edited).to.have.length(50);
    const told = changes.filter(({ before, after }) => before !== undefined && after?.labels.edited === 'yes');
    expect(told).to.have.length(50);
    expect(told.every(({ before, after }) => before?.body === after?.body)).to.equal(true);
  });

  it('brings an event to its subscriber within milliseconds of the write', async function () {
    this.timeout(60_000);
    const ns = await namespace('latency');
    const writer = createWriter(transport, [POLICIES], { fieldManager: 'drawbridge' });
    let bytesAtMs = 0;
    const timed: Pick<Transport, 'follow'> = {
      follow: (request, reader, connection) =>
        transport.follow(
          request,
          {
            ...reader,
            onData: (chunk) => {
              bytesAtMs = performance.now();
              reader.onData(chunk);
            },
          },
          connection,
        ),
    };
    const seen = new Map<string, number>();
    const ours: number[] = [];
    const store = createStore([KIND]);
    store.changes$.subscribe(({ after }) => {
      const nowMs = performance.now();
      if (after?.namespace !== ns) return;
      seen.set(after.resourceVersion, nowMs);
      ours.push(nowMs - bytesAtMs);
    });
    const subscription = watchKind(timed, POLICIES).subscribe((event) => store.apply(KIND, event));
    stops.push(() => subscription.unsubscribe());
    await store.synced([KIND]);
    const afterSending: number[] = [];
    const afterAnswer: number[] = [];
    const uid = (await created(writer.create(policy('p', SPEC, ns)))).uid;
    for (let index = 0; index < 300; index += 1) {
      const object = policy('p', { ...SPEC, podSelector: { matchLabels: { index: String(index) } } }, ns);
      const sentMs = performance.now();
      const answer = await created(writer.update({ ...object, metadata: { ...object.metadata, uid } }));
      const answeredMs = performance.now();
      const seenMs = await eventually(
        () => {
          const at = seen.get(answer.resourceVersion);
          if (at === undefined) throw new Error(`version ${answer.resourceVersion} was not seen`);
          return at;
        },
        { everyMs: 1 },
      );
      afterSending.push(seenMs - sentMs);
      afterAnswer.push(seenMs - answeredMs);
    }
    const at = (values: readonly number[], share: number) =>
      values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
    const figures = (values: readonly number[]) =>
      `p50 ${at(values, 0.5).toFixed(2)} p99 ${at(values, 0.99).toFixed(2)}`;
    console.log(`      ms from bytes to subscriber: ${figures(ours)}`);
    console.log(`      ms from the write's sending to subscriber: ${figures(afterSending)}`);
    console.log(`      ms from the write's answer to subscriber: ${figures(afterAnswer)}`);
    console.log(
      `      events before their answer: ${afterAnswer.filter((ms) => ms < 0).length} of ${afterAnswer.length}`,
    );
    expect(at(ours, 0.5)).to.be.below(2);
  });

  it('writes with strict validation, preconditions and idempotent deletes', async () => {
    const ns = await namespace('writes');
    const writer = createWriter(transport, [POLICIES], { fieldManager: 'drawbridge' });
    const spec = { ...SPEC, ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 80, protocol: 'TCP' }] }] };
    const made = await created(writer.create(policy('a', spec, ns)));
    expect(made.body).to.deep.equal(spec);
    expect(made.manager).to.equal('drawbridge');
    expect(isAlreadyExists(await caught(writer.create(policy('a', SPEC, ns))))).to.equal(true);

    const typo = (await caught(writer.create(policy('b', { ...SPEC, podSelecter: {} }, ns)))) as KubeError;
    expect(typo).to.be.instanceOf(KubeError);
    expect(typo.serverMessage).to.contain('unknown field "spec.podSelecter"');
    const invalid = await caught(writer.create(policy('b', { ...SPEC, policyTypes: ['Sideways'] }, ns)));
    expect(isInvalid(invalid)).to.equal(true);
    expect((invalid as KubeError).causes[0]?.field).to.equal('spec.policyTypes[0]');

    const meta = { name: 'a', namespace: ns };
    const stale = { ...policy('a', SPEC, ns), metadata: { ...meta, resourceVersion: '1' } };
    expect(isConflict(await caught(writer.update(stale)))).to.equal(true);
    const foreign = { ...policy('a', SPEC, ns), metadata: { ...meta, uid: 'other' } };
    expect(isConflict(await caught(writer.update(foreign)))).to.equal(true);
    const updated = await created(writer.update({ ...policy('a', SPEC, ns), metadata: { ...meta, uid: made.uid } }));
    expect(updated.body).to.deep.equal(SPEC);

    const ref = { kind: KIND, namespace: ns, name: 'a' };
    expect(isConflict(await caught(writer.remove(ref, { uid: 'other' })))).to.equal(true);
    const old = { uid: made.uid, resourceVersion: made.resourceVersion };
    expect(isConflict(await caught(writer.remove(ref, old)))).to.equal(true);
    await writer.remove(ref, { uid: made.uid, resourceVersion: updated.resourceVersion });
    await writer.remove(ref, { uid: made.uid });
  });

  it('shows what a finalizer holds as being deleted, and knows the refusal to replace it', async () => {
    const ns = await namespace('held');
    const { store } = follow();
    await store.synced([KIND]);
    const writer = createWriter(transport, [POLICIES], { fieldManager: 'drawbridge' });
    const object: KubeObject = {
      ...policy('a', SPEC, ns),
      metadata: { name: 'a', namespace: ns, finalizers: ['example.com/hold'] },
    };
    const made = await created(writer.create(object));
    store.acknowledge(made);
    await writer.remove({ kind: KIND, namespace: ns, name: 'a' }, { uid: made.uid });
    store.acknowledgeDelete(made);
    await eventually(() => expect(store.get(KIND, ns, 'a')?.deleting).to.equal(true));
    expect(isBeingDeleted(await caught(writer.create(policy('a', SPEC, ns))))).to.equal(true);
    await writer.update({ ...object, metadata: { name: 'a', namespace: ns, uid: made.uid, finalizers: [] } });
    await eventually(() => expect(store.get(KIND, ns, 'a')).to.equal(undefined));
  });

  it('writes Events about namespaced and cluster-scoped objects, with series', async function () {
    this.timeout(30_000);
    const ns = await namespace('events');
    const losses: string[] = [];
    const recorder = createEventRecorder(transport, {
      reportingInstance: 'test',
      seriesEveryMs: 50,
      onLoss: (loss) => losses.push(loss),
    });
    const note = { type: 'Warning', reason: 'DriftRepaired', action: 'Update', note: '€'.repeat(1_000) } as const;
    const about = { apiVersion: 'networking.k8s.io/v1', kind: KIND, namespace: ns, name: 'deny', uid: 'u' };
    const clusterRole = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', namespace: '' };
    const events = (where: string) => admin.list(`/apis/events.k8s.io/v1/namespaces/${where}/events`);
    recorder.record({ ...note, regarding: about });
    recorder.record({ ...note, regarding: { ...clusterRole, name: 'system:Odd_Name' }, reason: 'ClusterScoped' });
    await eventually(async () => expect(await events(ns)).to.have.length(1));
    for (let count = 0; count < 4; count += 1) recorder.record({ ...note, regarding: about });
    await eventually(async () => expect((await events(ns))[0]?.series?.count).to.equal(5));
    await recorder.stop();
    const scoped = (await events('default')).filter(({ reason }) => reason === 'ClusterScoped');
    expect(scoped.map(({ regarding }) => regarding.name)).to.deep.equal(['system:Odd_Name']);
    expect(losses).to.deep.equal([]);
  });
});

async function created(call: Promise<Entry | undefined>): Promise<Entry> {
  const entry = await call;
  if (entry === undefined) throw new Error('nothing was kept of it');
  return entry;
}
