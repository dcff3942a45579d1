import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { compilePolicy } from '../../../src/audit/compile/compile.ts';
import { marked } from '../../../src/audit/compile/mark.ts';
import { policyText } from '../../../src/audit/policyText.ts';
import { sha256 } from '../../../src/kube/sha256.ts';
import { eventually } from '../../support/eventually.ts';
import { renderKustomization } from '../../support/install.ts';
import type { KubeAdmin } from '../../support/kubeAdmin.ts';
import { START_TIMEOUT_MS } from '../../support/sharedControlPlane.ts';
import type { ControlPlaneNode, Nodes } from '../../support/staticPods/nodes.ts';
import { POISON, startNodes } from '../../support/staticPods/nodes.ts';
import { createPremises, startReceiver } from '../receiver/running.ts';
import { OPERATOR_NAMESPACE, publish, QUIET, textOf } from './publishing.ts';
import { AGENT_ACCOUNT, AGENT_NAMESPACE, agentProcess, startAgent } from './running.ts';

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
    const listen = { metricsBindAddress: '127.0.0.1:0', healthBindAddress: '127.0.0.1:0' };
    const agent = startAgent(first, kubeconfigOf(first), listen);
    const page = async (what: string, path: string) =>
      (await fetch(`http://${agent.logs.find((line) => line.what === what)?.address}${path}`)).text();
    try {
      await reports(first, { phase: 'InForce', good: hash, file: hash, wanted: hash, proof: 'unknown' });
      expect(await page('health', '/healthz')).to.equal('[+]event-loop ok\nok\n');
      expect(await page('health', '/readyz')).to.equal('[+]published ok\nok\n');
      const metrics = await page('metrics', '/metrics');
      expect(metrics).to.contain(`drawbridge_audit_agent_policy_info{sha256="${hash}"} 1`);
      expect(metrics).to.match(/^drawbridge_audit_agent_in_step 1$/m);
      expect(metrics).to.contain('drawbridge_audit_agent_rollouts_total{result="done"} 1');
      expect(metrics).to.contain('drawbridge_audit_agent_phase{phase="RollingOut"} 0');
    } finally {
      await agent.stop();
    }
    expect(await levelsOf(first)).to.deep.equal(['Metadata']);
    expect(readFileSync(first.policyFile, 'utf8')).to.equal(policy);
  });

  it('proves it by probes, where it has a receiver to ask', async () => {
    const premises = createPremises();
    const receiver = await startReceiver(premises, { bindAddress: '0', auditLogs: [first.auditLog] });
    const policy = policyText(marked(compilePolicy([{ level: 'Metadata', rules: [] }]), sha256).policy);
    const hash = await publish(admin, policy);
    const agent = startAgent(first, kubeconfigOf(first), { receiver: { url: receiver.evidenceUrl } });
    try {
      await reports(first, { phase: 'InForce', good: hash, file: hash, wanted: hash, proof: 'effective' });
    } finally {
      await agent.stop();
      await receiver.stop();
      premises.remove();
    }
  });

  for (const { what, policy, hash, reason } of [
    {
      what: 'whose pointer has another hash',
      policy: textOf({ level: 'Metadata', rules: [{ level: 'None', verbs: ['watch'] }] }),
      hash: '0'.repeat(64),
      reason: 'HashMismatch',
    },
    {
      what: 'that does not show what must be seen',
      policy: 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: None\n',
      reason: 'BoundsBroken',
    },
    {
      what: 'with a field that servers drop',
      policy: QUIET.replace('"verbs"', '"verb"'),
      reason: 'PolicyInvalid',
    },
  ]) {
    it(`changes nothing on the node for a policy ${what}`, async () => {
      const before = [first.policyFile, first.manifestFile].map((file) => readFileSync(file, 'utf8'));
      const starts = first.kubelet.starts();
      await publish(admin, policy, hash);
      const agent = startAgent(first, kubeconfigOf(first));
      try {
        await reports(first, { phase: 'Refused', reason });
      } finally {
        await agent.stop();
      }
      const after = [first.policyFile, first.manifestFile].map((file) => readFileSync(file, 'utf8'));
      expect(after).to.deep.equal(before);
      expect(first.kubelet.starts()).to.equal(starts);
    });
  }

  it('takes back a policy that ends the server, and no node tries it again', async () => {
    const before = readFileSync(first.policyFile, 'utf8');
    const levels = await levelsOf(first);
    const bad = await publish(admin, textOf({ level: 'Metadata', rules: [{ level: 'None', users: [POISON] }] }));
    const agent = startAgent(first, kubeconfigOf(first), { readyMs: 4_000 });
    try {
      await reports(first, { phase: 'Refused', reason: 'RefusedBefore', good: sha256(before), wanted: bad });
    } finally {
      await agent.stop();
    }
    expect(readFileSync(first.policyFile, 'utf8')).to.equal(before);
    expect(await first.isReady()).to.equal(true);
    expect(await levelsOf(first)).to.deep.equal(levels);
    const starts = world.nodes.map(({ kubelet }) => kubelet.starts());
    const agents = world.nodes.map((node) => startAgent(node, kubeconfigOf(node)));
    try {
      await reports(first, { phase: 'Refused', reason: 'RefusedBefore' });
      await reports(second, { phase: 'Refused', reason: 'RefusedElsewhere' });
    } finally {
      await Promise.all(agents.map((one) => one.stop()));
    }
    expect(world.nodes.map(({ kubelet }) => kubelet.starts())).to.deep.equal(starts);
    expect(readFileSync(second.policyFile, 'utf8')).to.equal(QUIET);
  });

  it('that is killed in the middle of a roll-out ends it when it is started again', async () => {
    const policy = textOf({ level: 'Request', rules: [] });
    const killed = agentProcess(first, kubeconfigOf(first));
    // Whatever the agent does, the server is not restarted yet: it is killed while it waits.
    first.kubelet.pause();
    const hash = await publish(admin, policy);
    try {
      killed.start();
      await eventually(
        () => expect(readFileSync(first.manifestFile, 'utf8'), killed.stderr()).to.contain(hash),
        WITHIN,
      );
      await killed.kill();
      const state = JSON.parse(readFileSync(`${first.policyFile}.drawbridge.json`, 'utf8'));
      expect(state.trying).to.include({ sha256: hash, way: 'forward' });
      first.kubelet.resume();
      killed.start();
      await reports(first, { phase: 'InForce', good: hash, file: hash });
    } finally {
      first.kubelet.resume();
      await killed.kill();
    }
    expect(await levelsOf(first)).to.deep.equal(['Request']);
  });

  it('never has two API servers of one cluster down at once', async () => {
    const down = { first: 0, second: 0, both: 0 };
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        const [one, two] = await Promise.all([first.isReady(), second.isReady()]);
        if (!one) down.first += 1;
        if (!two) down.second += 1;
        if (!one && !two) down.both += 1;
        await sleep(20);
      }
    })();
    const hash = await publish(admin, textOf({ level: 'Metadata', rules: [{ level: 'Request', verbs: ['list'] }] }));
    const agents = world.nodes.map((node) => startAgent(node, kubeconfigOf(node)));
    try {
      await eventually(async () => {
        for (const { policyFile } of world.nodes) {
          const { good, trying } = JSON.parse(readFileSync(`${policyFile}.drawbridge.json`, 'utf8'));
          expect({ good, trying }).to.deep.equal({ good: hash, trying: undefined });
        }
      }, WITHIN);
      for (const node of world.nodes) await reports(node, { phase: 'InForce', good: hash });
    } finally {
      await Promise.all(agents.map((one) => one.stop()));
      isOver = true;
      await watching;
    }
    expect(down.first).to.be.greaterThan(0);
    expect(down.second).to.be.greaterThan(0);
    expect(down.both).to.equal(0);
  });

  it('leaves nothing among the manifests that kubelet would run', () => {
    for (const { kubelet } of world.nodes) expect([...kubelet.seen()]).to.deep.equal(['kube-apiserver.yaml']);
  });
});
