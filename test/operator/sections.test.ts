import { expect } from 'chai';
import { controls } from '../../src/controls/index.ts';
import type { Store } from '../../src/kube/store.ts';
import { createStore } from '../../src/kube/store.ts';
import {
  BASE_KINDS,
  createSectionGate,
  inspectedBySection,
  kindsOfSection,
  sectionsInUse,
} from '../../src/operator/sections.ts';
import { baseline, baselineEntry, entry, heldBy, VIEWER, withoutSection } from '../support/build.ts';
import { settle } from '../support/buildClock.ts';
import { createIndex } from '../support/buildIndex.ts';

const network = baseline('network');
const rbac = withoutSection(baseline('rbac', { rbac: VIEWER }), 'network');

describe('the sections in use', () => {
  it('are those that a baseline declares', () => {
    expect([...sectionsInUse(createIndex())]).to.deep.equal([]);
    expect([...sectionsInUse(createIndex(baselineEntry(network)))]).to.deep.equal(['network']);
    expect([...sectionsInUse(createIndex(baselineEntry(network), baselineEntry(rbac)))]).to.deep.equal([
      'network',
      'rbac',
    ]);
  });

  it('THREATS 3: are also those that a namespace is held to, though nobody declares them any more', () => {
    const sections = heldBy(rbac, 'rbac').map((row) => ({ ...row, enforcement: 'Enforce', held: true }));
    const report = entry('BaselineReport', 'drawbridge', { state: 'Compliant', summary: '', sections });
    expect([...sectionsInUse(createIndex(report))]).to.deep.equal(['rbac']);
  });
});

describe('the kinds of a section', () => {
  it('are what its controls read and write, and what their facts are read from', () => {
    expect(kindsOfSection(controls, 'rbac').toSorted()).to.deep.equal(['ClusterRole', 'Role', 'RoleBinding']);
    expect(kindsOfSection(controls, 'network').toSorted()).to.deep.equal([
      'APIService',
      'CustomResourceDefinition',
      'DaemonSet',
      'EndpointSlice',
      'MutatingWebhookConfiguration',
      'NetworkPolicy',
      'Service',
      'ValidatingWebhookConfiguration',
    ]);
  });
});

describe('the kinds that a section only inspects', () => {
  it('THREATS 6: are what no repair waits for', () => {
    expect(inspectedBySection(controls, 'network').toSorted()).to.deep.equal([
      'CronJob',
      'Deployment',
      'Pod',
      'StatefulSet',
    ]);
    expect(inspectedBySection(controls, 'rbac')).to.deep.equal([]);
  });
});

describe('THREATS 19: a section', () => {
  function gateOver(...baselines: Parameters<typeof baselineEntry>[0][]) {
    const store = createStore([]);
    const watched: string[] = [];
    const ready: string[] = [];
    listed(store, BASE_KINDS, () => baselines.map((b) => ['SecurityBaseline', baselineEntry(b)] as const));
    const gate = createSectionGate({
      store,
      controls,
      ensureWatched: (kinds) => watched.push(...kinds),
      onReady: (section) => ready.push(section),
    });
    gate.update();
    return { store, gate, watched, ready };
  }
  function listed(
    store: Store,
    kinds: readonly string[],
    entries: () => (readonly [string, ReturnType<typeof baselineEntry>])[] = () => [],
  ): void {
    for (const kind of kinds) {
      store.apply(kind, { type: 'init' });
      for (const [of, made] of entries()) if (of === kind) store.apply(kind, { type: 'apply', entry: made });
      store.apply(kind, { type: 'initDone', resourceVersion: '1' });
    }
  }

  it('is watched only while it is in use', () => {
    expect(gateOver().watched).to.deep.equal([]);
    expect(gateOver(rbac).watched.toSorted()).to.deep.equal(['ClusterRole', 'Role', 'RoleBinding']);
  });

  it('is decided when every kind of it is known, and says until then which are not', async () => {
    const { store, gate, ready } = gateOver(rbac);
    expect(gate.isReady('rbac')).to.equal(false);
    expect(gate.missing().toSorted()).to.deep.equal(['ClusterRole', 'Role', 'RoleBinding']);
    listed(store, ['Role', 'RoleBinding']);
    await settle();
    expect([gate.isReady('rbac'), gate.missing()]).to.deep.equal([false, ['ClusterRole']]);
    listed(store, ['ClusterRole']);
    await settle();
    expect([gate.isReady('rbac'), gate.missing(), ready]).to.deep.equal([true, [], ['rbac']]);
    expect(gate.isReady('network')).to.equal(false);
  });

  it('is decided before what it only inspects is known, and looked at again then', async () => {
    const { store, gate, ready, watched } = gateOver(network);
    expect(watched).to.include('Pod');
    listed(store, kindsOfSection(controls, 'network'));
    await settle();
    expect([gate.isReady('network'), ready]).to.deep.equal([true, ['network']]);
    expect(gate.missing()).to.include('Pod');
    listed(store, inspectedBySection(controls, 'network'));
    await settle();
    expect([gate.missing(), ready]).to.deep.equal([[], ['network', 'network']]);
  });

  it('is asked for once, and stays once it is known', async () => {
    const { store, gate, watched, ready } = gateOver(rbac);
    listed(store, kindsOfSection(controls, 'rbac'));
    gate.update();
    await settle();
    gate.update();
    await settle();
    expect(watched).to.have.length(3);
    expect(ready).to.deep.equal(['rbac']);
  });
});
