import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import type { AnyObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { conditionOf, member, shown, untilReady, workSince } from './support/look.ts';
import { bindings, DENY, policies, reportPath, roles } from './support/paths.ts';
import { fullBaseline, fullBinding, fullPolicies, fullRole, makeDns } from './support/spec.ts';

const COUNT = 20;
const NAME = 'full';
const NAMESPACES = Array.from({ length: COUNT }, (_, index) => `team-${index}`);

describe('Twenty namespaces under one baseline', function () {
  this.timeout(60_000);
  const world = useWorld();
  let baseline: AnyObject;
  let mark: number;

  before(async () => {
    await makeDns(world());
    await Promise.all(NAMESPACES.map((name) => member(world(), name, NAME)));
    mark = await world().mark();
    const startedMs = performance.now();
    await world().admin.create(fullBaseline(NAME));
    baseline = await untilReady(world(), NAME, COUNT);
    console.log(`      ${COUNT} namespaces converged in ${Math.round(performance.now() - startedMs)} ms`);
  });

  const ours = async (path: string): Promise<readonly AnyObject[]> =>
    (await world().admin.list(path)).filter(({ metadata }) => metadata.name.startsWith('drawbridge-'));

  it('have all NetworkPolicies, exactly as declared', async () => {
    const port = Number(new URL(world().controlPlane.url).port);
    for (const namespace of NAMESPACES) {
      const live = (await ours(policies(namespace))).map(({ metadata, spec }) => [metadata.name, spec]);
      expect(Object.fromEntries(live), namespace).to.deep.equal(fullPolicies(port));
    }
  });

  it('have the Role and the RoleBinding, exactly as declared', async () => {
    for (const namespace of NAMESPACES) {
      const [role, ...more] = await ours(roles(namespace));
      expect(more).to.deep.equal([]);
      expect(role?.metadata.name).to.equal('drawbridge-viewer');
      expect({ rules: role?.rules }).to.deep.equal(fullRole);
      const [binding, ...others] = await ours(bindings(namespace));
      expect(others).to.deep.equal([]);
      expect(binding?.metadata.name).to.match(/^drawbridge-viewers-/);
      expect({ roleRef: binding?.roleRef, subjects: binding?.subjects }).to.deep.equal(fullBinding(namespace));
    }
  });

  it('have nothing but our labels on the objects, and no owner or finalizer', async () => {
    const objects = (await Promise.all([policies(), roles(), bindings()].map(ours))).flat();
    const written = objects.filter(({ metadata }) => NAMESPACES.includes(metadata.namespace ?? ''));
    expect(written).to.have.lengthOf(8 * COUNT);
    for (const { metadata } of written) {
      expect(metadata.labels?.['app.kubernetes.io/managed-by']).to.equal('drawbridge');
      expect(metadata.labels?.['drawbridge.dev/baseline']).to.equal(NAME);
      expect(Object.keys(metadata.labels ?? {})).to.have.lengthOf(3);
      expect([metadata.annotations, metadata.ownerReferences, metadata.finalizers]).to.deep.equal([
        undefined,
        undefined,
        undefined,
      ]);
      expect(metadata.managedFields?.map(({ manager }: AnyObject) => manager)).to.deep.equal(['drawbridge']);
    }
  });

  it('cost one write for each object', async () => {
    const writes = await workSince(world(), mark);
    const objects = writes.filter(({ resource }) => resource !== 'securitybaselines');
    expect(objects).to.have.lengthOf(8 * COUNT);
    expect(new Set(objects.map(({ verb }) => verb))).to.deep.equal(new Set(['create']));
    for (const namespace of NAMESPACES) {
      const names = objects.filter((write) => write.namespace === namespace).map(({ name }) => name ?? '');
      expect(names.filter((name) => name.startsWith('drawbridge-viewers-'))).to.have.lengthOf(1);
      expect(names.filter((name) => !name.startsWith('drawbridge-viewers-')).toSorted()).to.deep.equal(
        [...Object.keys(fullPolicies(0)), 'drawbridge-viewer'].toSorted(),
      );
    }
    const failed = (await world().writesSince(mark, { all: true })).filter(({ code }) => code >= 400);
    expect(shown(failed)).to.deep.equal([]);
  });

  it('were given the allowances before the deny, and the Roles before the bindings', async () => {
    const writes = await workSince(world(), mark);
    for (const namespace of NAMESPACES) {
      const here = writes.filter((write) => write.namespace === namespace);
      const order = here.filter(({ resource }) => resource === 'networkpolicies').map(({ name }) => name);
      expect(order.at(-1), `${namespace}: ${order.join(' ')}`).to.equal(DENY);
      const rbac = here.map(({ resource }) => resource).filter((resource) => resource !== 'networkpolicies');
      expect(rbac, namespace).to.deep.equal(['roles', 'rolebindings']);
    }
  });

  it('are counted in the status, which is Ready and Compliant for this generation', () => {
    const { status, metadata } = baseline;
    const { namespaces, summary, worst, observedGeneration } = status;
    expect(observedGeneration).to.equal(metadata.generation);
    expect(namespaces).to.deep.include({ governed: COUNT, compliant: COUNT, drifted: 0, failed: 0, pending: 0 });
    expect(summary).to.equal(`${COUNT}/${COUNT}`);
    expect(worst ?? []).to.deep.equal([]);
    expect(status.conditions.map(({ type }: AnyObject) => type)).to.deep.equal(['Ready', 'Compliant']);
    for (const type of ['Ready', 'Compliant']) {
      expect(conditionOf(baseline, type)).to.deep.include({ status: 'True', observedGeneration: metadata.generation });
    }
  });

  it('have a BaselineReport each, which says who governs what', async () => {
    for (const namespace of NAMESPACES) {
      const report = await eventually(() => world().admin.get(reportPath(namespace)));
      expect(report.state, JSON.stringify(report)).to.equal('Compliant');
      expect(report.findings ?? []).to.deep.equal([]);
      expect(report.lastDrift).to.equal(undefined);
      expect(report.sections.map(({ section, held }: AnyObject) => [section, held])).to.deep.equal([
        ['network', true],
        ['rbac', true],
      ]);
      expect(report.sections[0]).to.deep.include({ baseline: NAME, baselineUid: baseline.metadata.uid });
    }
  });

  it('are a roll-out and no drift', async () => {
    expect(await world().operator().metric('drawbridge_drift_detected_total')).to.equal(0);
    expect(
      world()
        .operator()
        .lines()
        .filter(({ message }) => message.startsWith('drift')),
    ).to.deep.equal([]);
    expect((await world().writesSince(mark, { resources: ['events'] })).length).to.equal(0);
  });
});
