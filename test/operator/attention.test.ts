import { expect } from 'chai';
import { controls } from '../../src/controls/index.ts';
import type { FactNote } from '../../src/core/facts/factNotes.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import type { Entry } from '../../src/k8s/entry.ts';
import { createAttention } from '../../src/operator/attention.ts';
import { createFactsKeeper } from '../../src/operator/factsKeeper.ts';
import { createGovernances } from '../../src/operator/governances.ts';
import { createLedger } from '../../src/operator/ledger.ts';
import type { Queue } from '../../src/operator/queue.ts';
import { apiServerService, apiServerSlice, grantableRole } from '../core/clusterObjects.ts';
import { contribution } from '../core/tallies.ts';
import { baseline, baselineEntry, namespaceEntry, OWN, PROD, VIEWER, withoutSection } from '../support/build.ts';
import { createIndex } from '../support/buildIndex.ts';
import { projected } from '../support/buildServer.ts';

function world(baselines: readonly Baseline[], ...more: readonly Entry[]) {
  const index = createIndex(...baselines.map((b) => baselineEntry(b)), ...more);
  const asked: string[] = [];
  const notes: FactNote[] = [];
  const queue = { add: (key, lane) => void asked.push(`${key} ${lane}`) } as Partial<Queue> as Queue;
  const governances = createGovernances(index, OWN);
  const ledger = createLedger(() => 0);
  const facts = createFactsKeeper(index);
  const onFact = (note: FactNote): void => void notes.push(note);
  const attention = createAttention({ index, controls, governances, ledger, facts, queue, onFact });
  attention.governance();
  return { index, attention, ledger, governances, notes, asks: () => asked.splice(0) };
}

const restricted = baseline('restricted');
const SHOP = { matchLabels: { env: 'shop' } };
const cluster = [apiServerService(), apiServerSlice(), grantableRole([])].flatMap((raw) => projected(raw) ?? []);

describe('what calls for a look at a namespace', () => {
  it('is a baseline that begins to govern it, in the bulk lane, counted as pending', () => {
    const { asks, ledger } = world([restricted], namespaceEntry('a'), namespaceEntry('b', {}));
    expect(asks()).to.deep.equal(['a bulk']);
    expect(ledger.tally('restricted').counts.pending).to.equal(1);
  });

  it('is an edited baseline, only where it governs', () => {
    const { asks, attention, index } = world([restricted], namespaceEntry('a'), namespaceEntry('b', {}));
    asks();
    attention.governance();
    expect(asks()).to.deep.equal([]);
    index.set(baselineEntry(baseline('restricted', {}, { generation: 2 })));
    attention.governance();
    expect(asks()).to.deep.equal(['a bulk']);
  });

  it('is drift in it, at once, and not in one that nobody governs', () => {
    const { asks, attention } = world([restricted], namespaceEntry('a'), namespaceEntry('b', {}));
    asks();
    for (const name of ['a', 'b', 'unheard-of']) attention.drift(name);
    expect(asks()).to.deep.equal(['a live']);
  });

  it('is what runs in it or a Service of it, behind all drift, where something looks at that', () => {
    const noNetwork = withoutSection(baseline('rights', { rbac: VIEWER, namespaceSelector: SHOP }), 'network');
    const { asks, attention } = world(
      [restricted, noNetwork],
      namespaceEntry('a'),
      namespaceEntry('b', { env: 'shop' }),
      namespaceEntry('c', {}),
    );
    asks();
    for (const name of ['a', 'b', 'c', 'unheard-of']) {
      for (const kind of ['Pod', 'Service']) attention.workload(name, kind);
    }
    attention.workload('a', 'ReplicaSet');
    expect(asks()).to.deep.equal(['a bulk', 'a bulk']);
  });

  it('is its own change, when that concerns who governs it', () => {
    const { asks, attention, index } = world([restricted], namespaceEntry('a'), namespaceEntry('b', {}));
    asks();
    attention.namespace('a', false);
    attention.namespace('b', true);
    expect(asks()).to.deep.equal([]);
    attention.namespace('a', true);
    expect(asks()).to.deep.equal(['a live']);
    index.set(namespaceEntry('b', PROD));
    attention.namespace('b', true);
    expect(asks()).to.deep.equal(['b live']);
  });

  it('is its end, so that it is forgotten', () => {
    const { asks, attention, index } = world([restricted], namespaceEntry('a'));
    asks();
    index.delete(namespaceEntry('a'));
    attention.namespace('a', true);
    expect(asks()).to.deep.equal(['a live']);
  });

  it('is the loss of its last baseline, if anything was ever said of it', () => {
    const { asks, attention, index, ledger, governances } = world(
      [restricted],
      namespaceEntry('a'),
      namespaceEntry('c'),
    );
    asks();
    const governance = governances.of('a');
    if (governance === undefined) throw new Error('nobody governs');
    const said = { ...contribution(), baseline: 'restricted' };
    const none = { results: [], drifts: [], takenOver: [], contested: 0, durationMs: 0 };
    ledger.record({ namespace: 'a', governance, baselines: [said], ...none });
    index.delete(baselineEntry(restricted));
    attention.governance();
    expect(asks()).to.deep.equal(['a bulk']);
    expect(ledger.tally('restricted').counts.pending).to.equal(0);
  });
});

describe('a fact that changed', () => {
  const rbac = withoutSection(
    baseline('rights', { rbac: VIEWER, namespaceSelector: { matchLabels: { r: 'y' } } }),
    'network',
  );

  it('calls for a look only where decisions rest on it', () => {
    const start = world([restricted, rbac], namespaceEntry('a'), namespaceEntry('r', { r: 'y' }), ...cluster);
    start.attention.facts();
    start.asks();
    const slice = projected(apiServerSlice(['192.168.0.10', '192.168.0.11']));
    if (slice !== undefined) start.index.set(slice);
    start.attention.facts();
    expect(start.asks()).to.deep.equal(['a bulk']);
    start.attention.facts();
    expect(start.asks()).to.deep.equal([]);
  });

  it('THREATS 11: is told when it was lost, or comes from a slice that is not the API server’s own', () => {
    const start = world([restricted], namespaceEntry('a'), ...cluster);
    start.attention.facts();
    const more = projected(apiServerSlice(['192.168.0.66'], 'kubernetes-x'));
    if (more !== undefined) start.index.set(more);
    start.attention.facts();
    start.index.delete({ kind: 'ClusterRole', namespace: '', name: 'drawbridge-grantable' });
    start.attention.facts();
    start.attention.facts();
    expect(start.notes.map(({ reason, ref }) => `${reason} ${ref.name}`)).to.deep.equal([
      'ApiServerAddressFollowed kubernetes-x',
      'FactLost drawbridge-grantable',
    ]);
  });
});

describe('a section whose kinds are known', () => {
  it('calls for a look at what is governed, with facts read anew', () => {
    const start = world([restricted], namespaceEntry('a'), namespaceEntry('b', {}));
    start.asks();
    start.attention.sectionReady('network');
    expect(start.asks()).to.deep.equal(['a bulk']);
  });
});
