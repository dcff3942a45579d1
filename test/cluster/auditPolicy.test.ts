import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { AUDIT_POLICY_NAME } from '../../src/api/names.ts';
import { startAuditedServer } from '../audit/auditedServer.ts';
import { eventually } from '../support/eventually.ts';
import { OPERATOR_NAMESPACE } from '../support/install.ts';
import type { AnyObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { conditionOf, shown, untilCondition, untilQuiet, workSince } from './support/look.ts';
import { baselinePath, eventsPath } from './support/paths.ts';
import { declare } from './support/spec.ts';
import { edit } from './supportB/findings.ts';

const CONFIG_MAPS = `/api/v1/namespaces/${OPERATOR_NAMESPACE}/configmaps`;
const POINTER = `${CONFIG_MAPS}/${AUDIT_POLICY_NAME}`;
const RBAC_WRITES = {
  level: 'RequestResponse',
  verbs: ['create', 'update', 'patch', 'delete'],
  resources: [{ group: 'rbac.authorization.k8s.io' }],
};
/** Names that are hard to write down: a server ends over some of these characters where they stand as they are. */
const ODD = { level: 'Request', users: ['del\u007f', 'bom\ufeff', 'line\u2028', '😀', '"\\'] };

describe('The audit policy of all baselines is published', function () {
  this.timeout(60_000);
  const world = useWorld();
  const admin = () => world().admin;
  const published = async (): Promise<{ readonly pointer: AnyObject; readonly policy: AnyObject }> => {
    const pointer = await admin().get(POINTER);
    return { pointer, policy: await admin().get(`${CONFIG_MAPS}/${pointer.data.configMap}`) };
  };
  const conditionIs = async (name: string, status: string, reason: string): Promise<Record<string, unknown>> => {
    const said = await eventually(async () => {
      const baseline = await untilCondition(world(), name, 'AuditPolicyPublished', status);
      const condition = conditionOf(baseline, 'AuditPolicyPublished');
      expect(condition?.observedGeneration).to.equal(baseline.metadata.generation);
      return condition;
    });
    expect(said?.reason, said?.message).to.equal(reason);
    return said ?? {};
  };

  it('as a ConfigMap that cannot be changed, with one that points to it, and the status says so', async () => {
    await declare(world(), 'first', { audit: { level: 'Metadata', rules: [RBAC_WRITES, ODD] } });
    const { message } = await conditionIs('first', 'True', 'Published');
    const { pointer, policy } = await published();
    expect(message).to.contain(policy.metadata.name);
    expect(policy.immutable).to.equal(true);
    const hash = createHash('sha256').update(policy.data['policy.yaml']).digest('hex');
    expect([pointer.data.sha256, policy.metadata.name]).to.deep.equal([
      hash,
      `${AUDIT_POLICY_NAME}-${hash.slice(0, 16)}`,
    ]);
  });

  it('a kube-apiserver takes it, and records what it asks for', async () => {
    const { policy } = await published();
    const server = await startAuditedServer({ root: ['system:masters'] }, policy.data['policy.yaml']);
    try {
      const levelOf = async (method: string, path: string, body?: unknown): Promise<string> => {
        const { auditId } = await server.ask({ user: 'root', method, path, body: JSON.stringify(body) });
        return eventually(() => {
          const [line] = server.lines().get(auditId) ?? [];
          expect(line).not.to.equal(undefined);
          return JSON.parse(line ?? '').level;
        });
      };
      const role = { metadata: { name: 'r' }, rules: [] };
      const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles';
      expect(await levelOf('POST', roles, role)).to.equal('RequestResponse');
      expect(await levelOf('GET', roles)).to.equal('Metadata');
      const secrets = '/api/v1/namespaces/default/secrets';
      expect(await levelOf('POST', secrets, { metadata: { name: 's' } })).to.equal('Metadata');
    } finally {
      await server.stop();
    }
  });

  it('THREATS 22: whatever the baseline selects, and no edit of another section or namespace changes it', async () => {
    const { pointer } = await published();
    await world().namespace('unrelated', { baseline: 'first' });
    await untilQuiet(world());
    const mark = await world().mark();
    await edit(world(), 'first', { namespaceSelector: { matchLabels: { baseline: 'nobody' } }, priority: 3 });
    await edit(world(), 'first', { audit: { level: 'Metadata', rules: [ODD, RBAC_WRITES] } });
    await conditionIs('first', 'True', 'Published');
    await untilQuiet(world());
    const writes = (await workSince(world(), mark)).filter(({ resource }) => resource === 'configmaps');
    // The sections are remembered as they were written, so that the pointer follows them.
    expect(shown(writes).filter((write) => !write.startsWith('update configmaps'))).to.deep.equal([]);
    const after = await admin().get(POINTER);
    expect([after.data.sha256, after.data.previous]).to.deep.equal([pointer.data.sha256, pointer.data.previous]);
  });

  it('another baseline raises it, and the one before is kept', async () => {
    const before = await published();
    await declare(world(), 'second', { audit: { level: 'Request' } });
    await conditionIs('second', 'True', 'Published');
    const after = await published();
    expect(after.policy.metadata.name).not.to.equal(before.policy.metadata.name);
    expect(after.pointer.data.previous).to.equal(before.policy.metadata.name);
    expect(after.policy.data['policy.yaml']).to.contain('- {"level":"Request"}');
    await admin().get(`${CONFIG_MAPS}/${before.policy.metadata.name}`);
  });

  it('a section that lints badly is refused with the lint, and its last good form stays', async () => {
    const before = await published();
    await edit(world(), 'second', { audit: { level: 'None', rules: null } });
    const { message } = await conditionIs('second', 'False', 'AuditSectionRefused');
    expect(message).to.match(/audit\.rules: .*; its last good form stays published/);
    const stalled = conditionOf(await world().baseline('second'), 'Stalled');
    expect(stalled?.status).to.equal('True');
    expect((await published()).policy.metadata.name).to.equal(before.policy.metadata.name);
    await edit(world(), 'second', { audit: { level: 'Request', rules: null } });
    await conditionIs('second', 'True', 'Published');
  });

  for (const [what, act] of [
    ['the pointer is deleted', () => admin().delete(POINTER)],
    ['the pointer is edited', () => admin().patch(POINTER, { data: { sha256: 'f'.repeat(64), configMap: 'mine' } })],
    ['the policy is deleted', async () => admin().delete(`${CONFIG_MAPS}/${(await published()).policy.metadata.name}`)],
  ] as const) {
    it(`is put right with an Event when ${what}`, async () => {
      const before = await published();
      const told = async () =>
        (await admin().list(eventsPath(OPERATOR_NAMESPACE))).filter(({ reason }) => reason === 'DriftRepaired').length;
      const known = await told();
      await act();
      await eventually(async () => {
        const after = await published();
        expect(after.pointer.data).to.deep.equal(before.pointer.data);
        expect(after.policy.data).to.deep.equal(before.policy.data);
        expect(await told()).to.be.greaterThan(known);
      });
    });
  }

  it('a restart writes nothing', async () => {
    await untilQuiet(world());
    const mark = await world().mark();
    await world().restartOperator();
    await untilQuiet(world());
    expect(shown(await workSince(world(), mark))).to.deep.equal([]);
  });

  it('a baseline that only audits by now leaves it, and says so; one that is gone does too', async () => {
    const before = await published();
    await edit(world(), 'second', { enforcement: 'Audit' });
    const { message } = await conditionIs('second', 'False', 'NotEnforced');
    expect(message).to.contain('its last good form stays published');
    await edit(world(), 'first', { suspend: true });
    await conditionIs('first', 'False', 'NotEnforced');
    expect((await published()).policy.metadata.name).to.equal(before.policy.metadata.name);
    await admin().delete(baselinePath('second'));
    await admin().delete(baselinePath('first'));
    await untilQuiet(world());
    expect((await published()).policy.metadata.name).to.equal(before.policy.metadata.name);
  });
});
