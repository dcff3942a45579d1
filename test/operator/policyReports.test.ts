import { expect } from 'chai';
import type { KubeObject } from '../../src/k8s/object.ts';
import { baseline } from '../support/build.ts';
import { refused } from '../support/buildServer.ts';
import { cluster, namespace, operator, raw } from './engineWorld.ts';

const NAMES = { namespace: 'payments', name: 'drawbridge' };
const REPORT = { kind: 'Report', ...NAMES };
const POLICY_REPORT = { kind: 'PolicyReport', ...NAMES };
const BOTH = ['openreports.io', 'wgpolicyk8s.io'];
const OPEN: KubeObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'open', namespace: 'payments' },
  spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
};

/** An operator that has looked at payments, with the rights that `lacksRight` says. */
async function world({ groups = BOTH, lacks = false }: { groups?: readonly string[]; lacks?: boolean } = {}) {
  const { server, clock } = cluster(raw(baseline('restricted')));
  const state = { lacks };
  const asked: string[] = [];
  server.lacksRight = (verb, kind) => {
    if (/Report$/.test(kind)) asked.push(`${verb} ${kind}`);
    return state.lacks;
  };
  const made = operator(server, clock);
  made.engine.served(groups);
  await made.engine.start();
  const settle = async (): Promise<void> => {
    made.watch();
    await clock.advance(20_000);
    made.watch();
    await clock.advance(20_000);
  };
  await settle();
  const writes = (): readonly string[] =>
    server.writes.filter(({ ref }) => /^(Policy)?Report$/.test(ref.kind)).map(({ verb, ref }) => `${verb} ${ref.kind}`);
  return { ...made, server, state, asked, settle, writes };
}

describe('reports that others show', () => {
  it('are OpenReports where both APIs are served, and written once', async () => {
    const { server, writes, settle, notes } = await world();
    await settle();
    expect(writes()).to.deep.equal(['create Report']);
    expect(server.get(REPORT)).to.deep.include({
      source: 'drawbridge',
      summary: { pass: 1, fail: 0, warn: 0, error: 0, skip: 0 },
    });
    expect(server.get(REPORT)?.metadata.labels).to.deep.equal({ 'app.kubernetes.io/managed-by': 'drawbridge' });
    expect(notes.map(({ kind, state }) => `${kind} ${state}`)).to.deep.equal([
      'Report written',
      'PolicyReport written',
    ]);
  });

  it('are none where no such API is served, and nothing is asked for', async () => {
    const { writes, notes, asked, store } = await world({ groups: ['apps'] });
    expect([writes(), notes, asked]).to.deep.equal([[], [], []]);
    expect(store.kinds()).not.to.include('Report');
  });

  it('follow what is found, by an update', async () => {
    const { server, writes, settle } = await world({ groups: ['wgpolicyk8s.io'] });
    server.put(OPEN);
    await settle();
    expect(writes()).to.deep.equal(['create PolicyReport', 'update PolicyReport']);
    expect(server.get(POLICY_REPORT)?.summary).to.deep.include({ pass: 0, fail: 1 });
    expect(server.get(POLICY_REPORT)).not.to.have.property('source');
  });

  it('move to OpenReports when that API appears: the new one is there before the old one goes', async () => {
    const { engine, server, writes, settle } = await world({ groups: ['wgpolicyk8s.io'] });
    engine.served(BOTH);
    await settle();
    expect(writes()).to.deep.equal(['create PolicyReport', 'create Report', 'remove PolicyReport']);
    expect(server.get(POLICY_REPORT)).to.equal(undefined);
  });

  it('go back when it vanishes, and leave what is not served alone', async () => {
    const { engine, writes, settle, notes } = await world();
    engine.served(['wgpolicyk8s.io']);
    await settle();
    expect(writes()).to.deep.equal(['create Report', 'create PolicyReport']);
    expect(notes.at(-1)).to.deep.equal({ kind: 'Report', group: 'openreports.io', state: 'notServed' });
  });

  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'x', uid: 'y' };
  for (const [what, edit, metadata] of [
    ['emptied', { results: [] }, {}],
    ['gave an owner', {}, { ownerReferences: [owner] }],
    ['gave a finalizer', {}, { finalizers: ['x/y'] }],
    ['took the label of', {}, { labels: {} }],
  ] as const) {
    it(`that somebody ${what} are put right`, async () => {
      const { server, settle, writes } = await world();
      const right = server.get(REPORT);
      if (right === undefined) throw new Error('no report');
      server.put({ ...right, ...edit, metadata: { ...right.metadata, ...metadata } } as KubeObject);
      await settle();
      expect(writes()).to.deep.equal(['create Report', 'update Report']);
      const { metadata: meta, ...content } = server.get(REPORT) ?? right;
      const { metadata: before, ...wanted } = right;
      expect(content).to.deep.equal(wanted);
      expect(meta.labels).to.deep.equal(before.labels);
      expect(meta).not.to.have.any.keys('ownerReferences', 'finalizers');
    });
  }

  it('keep the labels of others', async () => {
    const { server, settle } = await world();
    const right = server.get(REPORT);
    if (right === undefined) throw new Error('no report');
    server.put({ ...right, results: [], metadata: { ...right.metadata, labels: { team: 'a' } } });
    await settle();
    expect(server.get(REPORT)?.metadata.labels).to.deep.equal({
      team: 'a',
      'app.kubernetes.io/managed-by': 'drawbridge',
    });
  });

  it('go when nothing governs the namespace any more', async () => {
    const { server, settle } = await world();
    server.delete({ kind: 'SecurityBaseline', namespace: '', name: 'restricted' });
    server.put(namespace('payments', {}));
    await settle();
    expect([server.get(REPORT), server.get({ kind: 'BaselineReport', ...NAMES })]).to.deep.equal([
      undefined,
      undefined,
    ]);
  });

  it('without the right are none: one note, however long, until the right is there', async () => {
    const { engine, state, settle, writes, notes } = await world({ groups: ['openreports.io'], lacks: true });
    engine.served(['openreports.io']);
    await settle();
    expect([writes(), notes]).to.deep.equal([[], [{ kind: 'Report', group: 'openreports.io', state: 'rightMissing' }]]);
    state.lacks = false;
    engine.served(['openreports.io']);
    await settle();
    expect(writes()).to.deep.equal(['create Report']);
  });

  it('whose right is taken away are not tried again, and the other work goes on', async () => {
    const { server, state, settle, writes, notes, status } = await world();
    state.lacks = true;
    server.before = ({ ref }) => {
      if (/Report$/.test(ref.kind) && ref.kind !== 'BaselineReport') throw refused(403);
    };
    server.put(OPEN);
    await settle();
    await settle();
    expect(writes()).to.deep.equal(['create Report', 'update Report']);
    expect(notes.filter(({ state: what }) => what === 'rightMissing')).to.have.length(1);
    expect(status().namespaces).to.include({ drifted: 1 });
  });

  it('are no failure while their API is away', async () => {
    const { server, settle, writes } = await world();
    server.before = ({ ref }) => {
      if (ref.kind === 'Report') throw refused(404);
    };
    server.put(OPEN);
    await settle();
    await settle();
    expect(writes()).to.deep.equal(['create Report', 'update Report']);
  });
});
