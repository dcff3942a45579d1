import { expect } from 'chai';
import type { PodSecuritySpec } from '../../src/api/types.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import { heldOf, reportOf } from '../../src/core/outcome/report.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { baselineWith, PROD } from '../support/build.ts';
import { refused } from '../support/buildServer.ts';
import type { NamespaceWorld } from './namespaceWorld.ts';
import { namespaceWorld } from './namespaceWorld.ts';

const PREFIX = 'pod-security.kubernetes.io/';
const NAMESPACE = { kind: 'Namespace', namespace: '', name: 'payments' };
const secure = (podSecurity: PodSecuritySpec, more: Partial<Baseline['spec']> = {}, generation = 1): Baseline =>
  baselineWith(
    'secure',
    { enforcement: 'Enforce', namespaceSelector: { matchLabels: PROD }, podSecurity, ...more },
    { generation },
  );

const BAD_POD: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'bad', namespace: 'payments' },
  spec: { hostNetwork: true, containers: [] },
};
const levelsOf = (world: NamespaceWorld) =>
  world.governances.held('payments').find(({ section }) => section === 'podSecurity')?.levels;
const enforced = (world: NamespaceWorld) => world.server.get(NAMESPACE)?.metadata.labels?.[`${PREFIX}enforce`];
/** Somebody else's edit of the labels. */
const relabel = (world: NamespaceWorld, labels: Readonly<Record<string, string>>, how = {}): void => {
  world.server.put(
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'payments', uid: 'uid-payments', labels: { ...PROD, ...labels } },
    },
    how,
  );
};
const reasons = (world: NamespaceWorld) =>
  world.last().baselines.flatMap(({ findings }) => findings.map(({ reason }) => reason));

describe('the Pod Security level of a namespace', () => {
  it('THREATS 13: is recorded when it is written, and not when that failed or is only audited', async () => {
    const world = namespaceWorld([secure({ enforce: 'baseline' })]);
    world.server.before = () => {
      throw refused(500, 'no', {}, 'PATCH');
    };
    await world.look();
    expect([enforced(world), levelsOf(world)]).to.deep.equal([undefined, undefined]);
    world.server.before = () => {};
    await world.look();
    expect(enforced(world)).to.equal('baseline');
    expect(levelsOf(world)).to.deep.equal({ enforce: { level: 'baseline', version: 'latest' } });
    const audited = namespaceWorld([secure({ enforce: 'baseline', enforcement: 'Audit' })]);
    await audited.look();
    expect([enforced(audited), levelsOf(audited), reasons(audited)]).to.deep.equal([
      undefined,
      undefined,
      ['Modified'],
    ]);
  });

  it('THREATS 13: goes through the report into the next process, which puts it back whatever runs', async () => {
    const world = namespaceWorld([secure({ enforce: 'baseline' })]);
    await world.look();
    const report = reportOf(world.last(), world.governances.held('payments'), undefined, undefined, '');
    expect(heldOf(report)[0]?.levels).to.deep.equal(levelsOf(world));
    world.server.put({
      apiVersion: 'drawbridge.dev/v1alpha1',
      kind: 'BaselineReport',
      metadata: { name: 'drawbridge', namespace: 'payments' },
      ...report,
    });
    world.server.put(BAD_POD);
    relabel(world, { [`${PREFIX}enforce`]: 'privileged' });
    const next = world.restart();
    await next.look();
    expect(enforced(next)).to.equal('baseline');
    expect(reasons(next)).to.deep.equal(['BreaksPodSecurity']);
  });

  it('THREATS 13: is held while a pod would break, and comes when that has gone', async () => {
    const world = namespaceWorld([secure({ enforce: 'baseline' })]);
    world.server.put(BAD_POD);
    await world.look();
    expect([enforced(world), reasons(world).toSorted()]).to.deep.equal([undefined, ['BreaksPodSecurity', 'RaiseHeld']]);
    expect(world.server.writes).to.deep.equal([]);
    world.server.delete({ kind: 'Pod', namespace: 'payments', name: 'bad' });
    await world.look();
    expect([enforced(world), reasons(world)]).to.deep.equal(['baseline', []]);
  });

  it('THREATS 13: is a first raise again in a namespace that was made anew, though no watch told of the end of the first', async () => {
    const world = namespaceWorld([secure({ enforce: 'baseline' })]);
    await world.look();
    expect(enforced(world)).to.equal('baseline');
    world.server.put(BAD_POD);
    world.set([secure({ enforce: 'baseline' })], PROD, { uid: 'anew' });
    await world.look();
    expect([enforced(world), reasons(world).toSorted()]).to.deep.equal([undefined, ['BreaksPodSecurity', 'RaiseHeld']]);
    expect(world.last().drifts).to.deep.equal([]);
    expect(world.gone).to.deep.equal(['payments']);
  });

  it('is drift when somebody lowers it, and none when other labels change', async () => {
    const world = namespaceWorld([secure({ enforce: 'baseline' })]);
    await world.look();
    relabel(world, { [`${PREFIX}enforce`]: 'privileged', [`${PREFIX}enforce-version`]: 'latest' });
    await world.look();
    expect(world.last().drifts).to.have.lengthOf(1);
    expect(world.last().drifts[0]).to.deep.include({
      ref: NAMESPACE,
      change: 'modified',
      result: 'repaired',
      fields: ['/metadata/labels/pod-security.kubernetes.io~1enforce'],
    });
  });

  it('THREATS 13: does not lower what a team sets in the moment of the write: the write says what it was decided on', async () => {
    const world = namespaceWorld([secure({ enforce: 'baseline' })]);
    world.server.before = ({ verb }) => {
      if (verb === 'apply' && enforced(world) === undefined) {
        relabel(
          world,
          { [`${PREFIX}enforce`]: 'restricted', [`${PREFIX}enforce-version`]: 'latest' },
          { unseen: true },
        );
      }
    };
    expect((await world.look()).result).to.equal('retry');
    expect(enforced(world)).to.equal('restricted');
    await world.look();
    expect([enforced(world), reasons(world)]).to.deep.equal(['restricted', ['StricterLevelKept']]);
  });

  it('is lowered by an edited baseline, and keeps its labels when a mode is declared no more', async () => {
    const world = namespaceWorld([secure({ enforce: 'restricted', warn: 'restricted' })]);
    await world.look();
    world.set([secure({ enforce: 'baseline' }, {}, 2)]);
    await world.look();
    const { labels } = world.server.get(NAMESPACE)?.metadata ?? {};
    expect(labels).to.include({ [`${PREFIX}enforce`]: 'baseline', [`${PREFIX}warn`]: 'restricted' });
    expect(levelsOf(world)).to.deep.equal({ enforce: { level: 'baseline', version: 'latest' } });
  });

  it('THREATS 13: falls back on release to what was there before', async () => {
    const world = namespaceWorld([secure({ enforce: 'restricted' }, { deletionPolicy: 'Delete' })]);
    relabel(world, { [`${PREFIX}enforce`]: 'baseline' });
    await world.look();
    expect(enforced(world)).to.equal('restricted');
    // Its selector lets the namespace go.
    world.set([
      secure(
        { enforce: 'restricted' },
        { deletionPolicy: 'Delete', namespaceSelector: { matchLabels: { no: 'one' } } },
        2,
      ),
    ]);
    await world.look();
    expect(enforced(world)).to.equal('baseline');
    expect(world.last().drifts).to.deep.equal([]);
    expect(world.governances.held('payments')).to.deep.equal([]);
  });
});
