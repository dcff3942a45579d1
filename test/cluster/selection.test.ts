import { expect } from 'chai';
import type { AuditWrite } from '../support/controlPlane/auditLog.ts';
import { readWrites } from '../support/controlPlane/auditLog.ts';
import { eventually } from '../support/eventually.ts';
import { OPERATOR_NAMESPACE } from '../support/install.ts';
import type { AnyObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { member, shown, staysQuiet, untilQuiet, untilReady, workSince } from './support/look.ts';
import { baselinePath, bindings, DENY, namespacePath, policies, reportPath, roles } from './support/paths.ts';
import { declare, denyOnly, FULL_RBAC, LABEL } from './support/spec.ts';

describe('Which namespaces a baseline holds', function () {
  this.timeout(60_000);
  const world = useWorld();
  const admin = () => world().admin;
  const both = { ...denyOnly(), rbac: FULL_RBAC };

  const denyOf = (namespace: string) => admin().find(policies(namespace, DENY));
  const untilHeld = (namespace: string) =>
    eventually(async () => expect(await denyOf(namespace)).not.to.equal(undefined), { everyMs: 5 });
  const ourObjects = async (namespace: string): Promise<readonly string[]> => {
    const lists = await Promise.all([policies, roles, bindings].map((path) => admin().list(path(namespace))));
    return lists
      .flat()
      .map(({ metadata }) => metadata.name)
      .filter((name) => name.startsWith('drawbridge-'));
  };
  const repairs = async (namespace: string): Promise<void> => {
    await admin().patch(policies(namespace, DENY), { spec: { ingress: [{}] } });
    await eventually(async () => expect((await denyOf(namespace))?.spec.ingress).to.equal(undefined));
    await admin().delete(policies(namespace, DENY));
    await untilHeld(namespace);
  };
  const editSpec = (name: string, spec: Record<string, unknown>) => admin().patch(baselinePath(name), { spec });
  const worst = async (name: string): Promise<readonly AnyObject[]> =>
    (await world().baseline(name)).status.worst ?? [];
  const gone = async (name: string): Promise<void> => admin().delete(baselinePath(name));

  /** Milliseconds between two writes, by the API server's clock. */
  const between = async (mark: number, cause: (write: AuditWrite) => boolean, namespace: string): Promise<number> => {
    // A line may come after the answer of which it tells.
    return eventually(async () => {
      const writes = await readWrites(world().controlPlane.auditLogPath, { mark });
      const from = writes.find(cause);
      const to = writes.find((w) => w.namespace === namespace && w.name === DENY && w.verb === 'create');
      if (from === undefined || to === undefined) throw new Error('the log does not tell of both');
      return to.at.getTime() - from.at.getTime();
    });
  };

  it('one that is created later', async () => {
    await declare(world(), 'later', denyOnly());
    await untilReady(world(), 'later', 0);
    const mark = await world().mark();
    await member(world(), 'created-later', 'later');
    await untilHeld('created-later');
    const ms = await between(
      mark,
      ({ resource, verb }) => resource === 'namespaces' && verb === 'create',
      'created-later',
    );
    console.log(`      closed ${ms} ms after its creation was acknowledged`);
    expect(ms).to.be.below(2_000);
    await untilReady(world(), 'later', 1);
  });

  it('one that is labelled later', async () => {
    await world().namespace('labelled-later');
    expect(await ourObjects('labelled-later')).to.deep.equal([]);
    const mark = await world().mark();
    await admin().patch(namespacePath('labelled-later'), { metadata: { labels: { [LABEL]: 'later' } } });
    await untilHeld('labelled-later');
    const ms = await between(
      mark,
      ({ resource, verb }) => resource === 'namespaces' && verb === 'patch',
      'labelled-later',
    );
    console.log(`      closed ${ms} ms after its label was acknowledged`);
    expect(ms).to.be.below(2_000);
    await untilReady(world(), 'later', 2);
    await gone('later');
  });

  for (const [how, edit] of [
    ['by excludedNamespaces', (ns: string) => ({ excludedNamespaces: [ns] })],
    ['by another selector', () => ({ namespaceSelector: { matchLabels: { [LABEL]: 'nobody' } } })],
  ] as const) {
    const slug = how.replaceAll(' ', '-').toLowerCase();

    it(`one that it releases ${how} keeps its objects under Retain, and nobody holds them there`, async () => {
      const name = `retain-${slug}`;
      await declare(world(), name, both);
      await member(world(), name, name);
      await untilReady(world(), name, 1);
      const before = await ourObjects(name);
      expect(before).to.have.lengthOf(3);
      await editSpec(name, edit(name));
      await untilReady(world(), name, 0);
      await eventually(async () => expect(await admin().find(reportPath(name))).to.equal(undefined));
      expect((await world().baseline(name)).status.namespaces.retained).to.equal(0);
      expect(await ourObjects(name)).to.deep.equal(before);
      await untilQuiet(world());
      const mark = await world().mark();
      await admin().patch(policies(name, DENY), { spec: { ingress: [{}] } });
      await staysQuiet(world(), mark, 1500);
      await gone(name);
    });

    it(`one that it releases ${how} loses its objects under Delete, the binding before its Role`, async () => {
      const name = `delete-${slug}`;
      await declare(world(), name, { ...both, deletionPolicy: 'Delete' });
      await member(world(), name, name);
      await untilReady(world(), name, 1);
      const mark = await world().mark();
      await editSpec(name, edit(name));
      await eventually(async () => expect(await ourObjects(name)).to.deep.equal([]));
      await eventually(async () => expect(await admin().find(reportPath(name))).to.equal(undefined));
      const deleted = (await workSince(world(), mark, name)).map(({ verb, resource }) => `${verb} ${resource}`);
      expect(deleted.filter((line) => line.includes('role'))).to.deep.equal(['delete rolebindings', 'delete roles']);
      await untilReady(world(), name, 0);
      await gone(name);
      await eventually(async () => expect(await admin().find(baselinePath(name))).to.equal(undefined));
    });
  }

  it('THREATS 14: one whose label its owner takes away stays held, over restarts too, until the selector releases it', async () => {
    const name = 'left-by-label';
    await declare(world(), name, both);
    await member(world(), name, name);
    await untilReady(world(), name, 1);
    await admin().patch(namespacePath(name), { metadata: { labels: { [LABEL]: null } } });
    const retained = () =>
      eventually(async () => {
        const { status } = await world().baseline(name);
        expect(status.namespaces).to.deep.include({ governed: 0, retained: 1 });
        expect((await worst(name)).map(({ namespace, reason }) => [namespace, reason])).to.deep.equal([
          [name, 'LeftByLabel'],
        ]);
        const report = await admin().get(reportPath(name));
        expect(report.sections[0]).to.deep.include({ held: true, retained: true });
        expect(report.findings[0].reason).to.equal('LeftByLabel');
      });
    await retained();
    await repairs(name);
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await untilQuiet(world());
      const mark = await world().mark();
      await world().restartOperator(signal);
      await staysQuiet(world(), mark, 1500);
      await retained();
      await repairs(name);
    }
    await world().stopOperator();
    await admin().delete(policies(name, DENY));
    await world().startOperator();
    await untilHeld(name);
    await untilQuiet(world());
    await editSpec(name, { namespaceSelector: { matchLabels: { [LABEL]: 'nobody' } } });
    await eventually(async () => expect((await world().baseline(name)).status.namespaces.retained).to.equal(0));
    await untilQuiet(world());
    expect(await ourObjects(name)).to.have.lengthOf(3);
    const mark = await world().mark();
    await admin().patch(policies(name, DENY), { spec: { ingress: [{}] } });
    await staysQuiet(world(), mark, 1500);
    await gone(name);
  });

  it('THREATS 14: one whose label is taken away under Delete loses its objects, and the status warns of that', async () => {
    const name = 'delete-by-label';
    await declare(world(), name, { ...both, deletionPolicy: 'Delete' });
    await member(world(), name, name);
    const { status } = await untilReady(world(), name, 1);
    expect(JSON.stringify(status.conditions)).to.contain('whoever changes the labels has the objects pruned');
    await admin().patch(namespacePath(name), { metadata: { labels: { [LABEL]: 'another' } } });
    await eventually(async () => expect(await ourObjects(name)).to.deep.equal([]));
    await gone(name);
  });

  it('THREATS 25: system namespaces only when they are named, and the operator’s own never in its network', async () => {
    const name = 'everywhere';
    const system = ['kube-system', 'kube-public', 'kube-node-lease', OPERATOR_NAMESPACE];
    await world().namespace('openshift-etcd');
    await world().namespace('an-ordinary-one');
    await declare(world(), name, { ...both, namespaceSelector: { matchLabels: {} } });
    await untilHeld('an-ordinary-one');
    const count = (await admin().list('/api/v1/namespaces')).length;
    await untilReady(world(), name, count - system.length - 1);
    for (const namespace of [...system, 'openshift-etcd']) {
      expect(await ourObjects(namespace), namespace).to.deep.equal([]);
    }
    const before = await shipped();
    await editSpec(name, { includedSystemNamespaces: ['kube-public', 'openshift-etcd', OPERATOR_NAMESPACE] });
    for (const namespace of ['kube-public', 'openshift-etcd']) await untilHeld(namespace);
    await untilReady(world(), name, count - 2);
    const viewers = async () => (await ourObjects(OPERATOR_NAMESPACE)).filter((n) => n.startsWith('drawbridge-viewer'));
    expect(await viewers()).to.have.lengthOf(2);
    expect(await shipped()).to.deep.equal(before);
    expect(await denyOf(OPERATOR_NAMESPACE)).to.equal(undefined);
    expect(await ourObjects('kube-system')).to.deep.equal([]);
    const writes = await world().writesSince(0, { resources: ['networkpolicies'] });
    expect(shown(writes.filter((write) => write.namespace === OPERATOR_NAMESPACE))).to.deep.equal([]);
    await gone(name);
  });

  /** NetworkPolicies that came with the installation. */
  const shipped = async (): Promise<readonly string[]> =>
    (await admin().list(policies(OPERATOR_NAMESPACE))).map(({ metadata }) => metadata.name);
});
