import { readFileSync, statSync } from 'node:fs';
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { renderKustomization } from '../../support/install.ts';
import type { KubeAdmin } from '../../support/kubeAdmin.ts';
import { START_TIMEOUT_MS } from '../../support/sharedControlPlane.ts';
import type { ControlPlaneNode, Nodes } from '../../support/staticPods/nodes.ts';
import { startNodes } from '../../support/staticPods/nodes.ts';
import { OPERATOR_NAMESPACE, publish, QUIET, textOf } from './publishing.ts';
import { AGENT_ACCOUNT, AGENT_NAMESPACE, startAgent } from './running.ts';

const WITHIN = { withinMs: 60_000 };

describe('The audit agent, beside kube-apiservers that are static pods', function () {
  this.timeout(120_000);
  let world: Nodes;
  let admin: KubeAdmin;
  let first: ControlPlaneNode;
  let second: ControlPlaneNode;
  const kubeconfigs = new Map<string, string>();
  const kubeconfigOf = (node: ControlPlaneNode): string => kubeconfigs.get(node.name) ?? '';

  before(async function () {
    this.timeout(START_TIMEOUT_MS);
    world = await startNodes(2, QUIET);
    [first, second] = world.nodes as [ControlPlaneNode, ControlPlaneNode];
    admin = second.admin;
    await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: OPERATOR_NAMESPACE } });
    const objects = await renderKustomization('manifests/audit-agent');
    await admin.apply(objects.filter(({ kind }) => kind !== 'DaemonSet'));
    for (const node of world.nodes) {
      kubeconfigs.set(node.name, await world.kubeconfigOf(node, AGENT_NAMESPACE, AGENT_ACCOUNT));
    }
  });
  after(async () => {
    await world?.stop();
  });

  const report = async (node: ControlPlaneNode): Promise<Readonly<Record<string, string>>> =>
    (await admin.get(`/api/v1/namespaces/${AGENT_NAMESPACE}/configmaps/drawbridge-audit-node-${node.name}`)).data;
  const reports = (node: ControlPlaneNode, wanted: Readonly<Record<string, string>>) =>
    eventually(async () => expect(await report(node)).to.include(wanted), WITHIN);
  /** The levels at which a node's server records a read that no floor is about. */
  const levelsOf = async (node: ControlPlaneNode): Promise<readonly string[]> => {
    const mark = statSync(node.auditLog).size;
    await node.admin.get('/api/v1/namespaces/default');
    await node.admin
      .post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } })
      .catch(() => undefined);
    const lines = await eventually(() => {
      const all = readFileSync(node.auditLog).subarray(mark).toString().split('\n').slice(0, -1);
      const own = all.map((line) => JSON.parse(line)).filter(({ user }) => user.username === 'kubernetes-admin');
      // The floor records this one: what came before it is in the log, too.
      expect(own.some(({ verb }) => verb === 'create')).to.equal(true);
      return own;
    });
    return lines.filter(({ verb }) => verb === 'get').map(({ level }) => level);
  };

  it('brings a policy into force, as the audit log shows', async () => {
    const policy = textOf({ level: 'Metadata', rules: [] });
    expect(await levelsOf(first)).to.deep.equal([]);
    const hash = await publish(admin, policy);
    const agent = startAgent(first, kubeconfigOf(first));
    try {
      await reports(first, { phase: 'InForce', good: hash, file: hash, wanted: hash, proof: 'unknown' });
    } finally {
      await agent.stop();
      if (process.env.SHOW) console.log(agent.logs);
    }
    expect(await levelsOf(first)).to.deep.equal(['Metadata']);
    expect(readFileSync(first.policyFile, 'utf8')).to.equal(policy);
  });
});
