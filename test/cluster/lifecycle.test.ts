import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { renderKustomization } from '../support/install.ts';
import type { AnyObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { conditionOf, member, shown, untilQuiet, untilReady, workSince } from './support/look.ts';
import {
  baselinePath,
  bindings,
  DENY,
  eventsPath,
  namespacePath,
  policies,
  reportPath,
  roles,
  VIEWER,
} from './support/paths.ts';
import { declare, denyOnly, FULL_RBAC } from './support/spec.ts';
import { edit, untilFinding } from './supportB/findings.ts';
import { refusePolicies } from './supportB/obstacles.ts';

const both = { ...denyOnly({ allow: { sameNamespace: ['Ingress', 'Egress'] } }), rbac: FULL_RBAC };
const OPEN = { spec: { ingress: [{}] } };

describe('How objects end, and how they do not', function () {
  this.timeout(90_000);
  const world = useWorld();
  const admin = () => world().admin;
  const deny = (namespace: string) => admin().find(policies(namespace, DENY));
  const objects = async (namespace: string): Promise<readonly string[]> => {
    const lists = await Promise.all([policies, roles, bindings].map((path) => admin().list(path(namespace))));
    return lists.flat().map(({ metadata }) => `${metadata.name} ${metadata.uid}`);
  };
  const governed = async (name: string, spec: Record<string, unknown>): Promise<readonly string[]> => {
    await member(world(), name, name);
    await declare(world(), name, spec);
    await untilReady(world(), name, 1);
    await untilQuiet(world());
    return objects(name);
  };
  const untilGone = (path: string, withinMs = 10_000) =>
    eventually(async () => expect(await admin().find(path)).to.equal(undefined), { withinMs });
  const deletes = async (mark: number, namespace: string): Promise<readonly string[]> =>
    (await workSince(world(), mark, namespace)).map(({ verb, resource }) => `${verb} ${resource}`);

  it('a governed namespace can be deleted, and nothing is created in it on the way', async () => {
    await governed('short-lived', both);
    const mark = await world().mark();
    await admin().delete(namespacePath('short-lived'));
    await untilGone(namespacePath('short-lived'), 30_000);
    await untilReady(world(), 'short-lived', 0);
    const tries = await world().writesSince(mark, { all: true });
    expect(shown(tries.filter(({ namespace }) => namespace === 'short-lived'))).to.deep.equal([]);
    await member(world(), 'short-lived', 'short-lived');
    await eventually(async () => expect(await objects('short-lived')).to.have.lengthOf(4));
    await admin().delete(baselinePath('short-lived'));
  });

  it('THREATS 17: while a namespace ends, edits of ours are put right, and nothing is created or told in it', async () => {
    const name = 'lingering';
    await governed(name, both);
    const held = { namespace: name, finalizers: ['example.com/held'] };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'held', ...held },
      spec: { containers: [{ name: 'c', image: 'none' }], automountServiceAccountToken: false },
    };
    await eventually(() => admin().get(`/api/v1/namespaces/${name}/serviceaccounts/default`));
    await admin().create(pod);
    await admin().create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'held', ...held } });
    await untilQuiet(world());
    const mark = await world().mark();
    await admin().delete(namespacePath(name));
    await eventually(async () => expect((await admin().get(namespacePath(name))).status.phase).to.equal('Terminating'));
    await eventually(async () => {
      const { counts } = { counts: (await world().baseline(name)).status.namespaces };
      expect(counts).to.deep.include({ governed: 0, retained: 0 });
    });
    // Policies live as long as a pod does (ordered deletion, Kubernetes 1.34).
    await admin().patch(policies(name, DENY), OPEN);
    await eventually(async () => expect((await deny(name))?.spec.ingress).to.equal(undefined));
    await admin().delete(policies(name, DENY));
    await staysQuietIn(name, 1_500);
    expect(await deny(name)).to.equal(undefined);
    await admin().patch(`/api/v1/namespaces/${name}/pods/held`, { metadata: { finalizers: null } });
    await eventually(async () => expect(await objects(name)).to.deep.equal([]), { withinMs: 30_000 });
    await staysQuietIn(name, 1_500);
    const tries = (await world().writesSince(mark, { all: true })).filter(({ namespace }) => namespace === name);
    expect(shown(tries)).to.deep.equal([`update networkpolicies ${name}/${DENY} 200`]);
    await admin().patch(`/api/v1/namespaces/${name}/configmaps/held`, { metadata: { finalizers: null } });
    await untilGone(namespacePath(name), 30_000);
    await admin().delete(baselinePath(name));
  });

  const staysQuietIn = async (namespace: string, ms: number): Promise<void> => {
    const mark = await world().mark();
    await new Promise((resolve) => setTimeout(resolve, ms));
    const tries = await world().writesSince(mark, { all: true });
    expect(shown(tries.filter((write) => write.namespace === namespace))).to.deep.equal([]);
  };

  it('a baseline deleted under Retain leaves every object as it is', async () => {
    const before = await governed('retained', both);
    expect(before).to.have.lengthOf(4);
    expect((await world().baseline('retained')).metadata.finalizers).to.equal(undefined);
    await admin().delete(baselinePath('retained'));
    await untilGone(reportPath('retained'));
    await untilQuiet(world());
    expect(await objects('retained')).to.deep.equal(before);
  });

  it('a baseline deleted under Delete goes when all its objects are gone, allowances and Roles last', async () => {
    const name = 'deleted';
    await governed(name, { ...both, deletionPolicy: 'Delete' });
    expect((await world().baseline(name)).metadata.finalizers).to.deep.equal(['drawbridge.dev/prune']);
    const mark = await world().mark();
    await admin().delete(baselinePath(name));
    await untilGone(baselinePath(name));
    expect(await objects(name)).to.deep.equal([]);
    const done = (await workSince(world(), mark, name)).map(({ resource, name: object }) => `${resource} ${object}`);
    const rbac = done.filter((line) => line.includes('role')).map((line) => line.split(' ')[0]);
    expect(rbac).to.deep.equal(['rolebindings', 'roles']);
    expect(done.filter((line) => line.includes('networkpolicies'))[0]).to.equal(`networkpolicies ${DENY}`);
    await untilGone(reportPath(name));
  });

  it('THREATS 3: the finalizer waits for a delete that is refused, says where, and skips a namespace that ends', async () => {
    const name = 'waits';
    await member(world(), 'waits-ending', name);
    await world().namespace(name, { baseline: name, obstacle: name });
    await declare(world(), name, { ...denyOnly(), deletionPolicy: 'Delete' });
    await untilReady(world(), name, 2);
    await untilQuiet(world());
    const clear = await refusePolicies('Forbidden', 'system:serviceaccount:', ['DELETE'])(world(), name);
    await admin().create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'held', namespace: 'waits-ending', finalizers: ['example.com/held'] },
    });
    await admin().delete(namespacePath('waits-ending'));
    await admin().delete(baselinePath(name));
    await eventually(
      async () => {
        const notes = (await admin().list(eventsPath('default'))).filter(
          ({ reason, regarding }) => reason === 'Pruning' && regarding.name === name,
        );
        expect(notes.map(({ note }) => note)).to.deep.equal([`waiting for namespaces to be pruned (1): ${name}`]);
      },
      { withinMs: 30_000 },
    );
    expect((await world().baseline(name)).metadata.deletionTimestamp).not.to.equal(undefined);
    expect(await deny(name)).not.to.equal(undefined);
    await clear();
    await untilGone(baselinePath(name), 60_000);
    expect(await deny(name)).to.equal(undefined);
    await admin().patch('/api/v1/namespaces/waits-ending/configmaps/held', { metadata: { finalizers: null } });
  });

  it('THREATS 3: a Delete baseline that is suspended, audits or vanished without our run prunes nothing', async () => {
    for (const [name, spec] of [
      ['rests-and-goes', { suspend: true }],
      ['audits-and-goes', { enforcement: 'Audit' }],
    ] as const) {
      const before = await governed(name, { ...both, deletionPolicy: 'Delete' });
      await edit(world(), name, spec);
      await admin().delete(baselinePath(name));
      await untilGone(baselinePath(name));
      await untilQuiet(world());
      expect(await objects(name)).to.deep.equal(before);
    }
    const before = await governed('vanished', { ...both, deletionPolicy: 'Delete' });
    await world().stopOperator();
    await admin().delete(baselinePath('vanished'));
    await admin().patch(baselinePath('vanished'), { metadata: { finalizers: null } });
    await world().startOperator();
    await untilGone(reportPath('vanished'));
    await untilQuiet(world());
    expect(await objects('vanished')).to.deep.equal(before);
  });

  it('a baseline that is switched from Enforce to Audit leaves what is there, and only reports', async () => {
    const name = 'switched';
    const before = await governed(name, both);
    await edit(world(), name, { enforcement: 'Audit' });
    await untilReady(world(), name, 1);
    await untilQuiet(world());
    expect(await objects(name)).to.deep.equal(before);
    await admin().patch(policies(name, DENY), OPEN);
    await untilFinding(world(), name, 'Modified');
    await untilQuiet(world());
    expect((await deny(name))?.spec.ingress).to.deep.equal([{}]);
    expect(conditionOf(await world().baseline(name), 'Ready')?.status).to.equal('True');
    await edit(world(), name, { enforcement: 'Enforce' });
    await eventually(async () => expect((await deny(name))?.spec.ingress).to.equal(undefined));
    await admin().delete(baselinePath(name));
  });

  it('a section that is removed from a baseline stays under Retain and goes under Delete', async () => {
    const kept = await governed('sections-kept', both);
    await edit(world(), 'sections-kept', { network: null });
    await untilReady(world(), 'sections-kept', 1);
    await untilQuiet(world());
    expect(await objects('sections-kept')).to.deep.equal(kept);
    await admin().patch(policies('sections-kept', DENY), OPEN);
    await staysQuietIn('sections-kept', 1_000);
    expect((await deny('sections-kept'))?.spec.ingress).to.deep.equal([{}]);

    await governed('sections-pruned', { ...both, deletionPolicy: 'Delete' });
    const pruneMark = await world().mark();
    await edit(world(), 'sections-pruned', { network: null });
    await eventually(async () => expect(await admin().list(policies('sections-pruned'))).to.deep.equal([]));
    await untilReady(world(), 'sections-pruned', 1);
    expect(await admin().find(roles('sections-pruned', VIEWER))).not.to.equal(undefined);
    expect(await deletes(pruneMark, 'sections-pruned')).to.deep.equal(Array(2).fill('delete networkpolicies'));
    for (const name of ['sections-kept', 'sections-pruned']) await admin().delete(baselinePath(name));
    await untilGone(baselinePath('sections-pruned'));
  });

  it('THREATS 1: an object with our prefix and label that the plan does not name is pruned; either alone is not', async () => {
    const name = 'impostors';
    await governed(name, both);
    const label = { 'app.kubernetes.io/managed-by': 'drawbridge' };
    const policy = (object: string, labels: Record<string, string>) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: object, namespace: name, labels },
      spec: { podSelector: { matchLabels: { app: 'x' } }, policyTypes: ['Ingress'] },
    });
    await admin().create(policy('drawbridge-planted', label));
    await admin().create(policy('drawbridge-reserved', {}));
    await admin().create(policy('somebody', { ...label, 'drawbridge.dev/baseline': name }));
    await untilGone(policies(name, 'drawbridge-planted'));
    const finding = await untilFinding(world(), name, 'ReservedNameInUse');
    expect(finding.object).to.equal(`NetworkPolicy ${name}/drawbridge-reserved`);
    await untilQuiet(world());
    for (const object of ['drawbridge-reserved', 'somebody']) {
      expect(await admin().find(policies(name, object)), object).not.to.equal(undefined);
    }
    await admin().delete(baselinePath(name));
  });

  // The last test: it takes the API away.
  it('THREATS 3: deleting the CRD prunes nothing, and the operator goes on when it is back', async () => {
    const name = 'no-crd';
    const before = await governed(name, { ...both, deletionPolicy: 'Delete' });
    const mark = await world().mark();
    const { pid } = world().operator();
    const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    for (const plural of ['securitybaselines', 'baselinereports'])
      await admin().delete(`${crds}/${plural}.drawbridge.dev`);
    for (const plural of ['securitybaselines', 'baselinereports'])
      await untilGone(`${crds}/${plural}.drawbridge.dev`, 30_000);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await objects(name)).to.deep.equal(before);
    expect((await deletes(mark, name)).filter((line) => !line.includes('baselinereports'))).to.deep.equal([]);
    const shipped = await renderKustomization('crds');
    await admin().apply(shipped);
    await declare(world(), name, both);
    await untilReady(world(), name, 1, 60_000);
    await admin().delete(policies(name, DENY));
    await eventually(() => admin().get(policies(name, DENY)) as Promise<AnyObject>);
    expect(world().operator().pid).to.equal(pid);
  });
});
