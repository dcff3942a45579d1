import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { HASH_ANNOTATION } from '../../src/agents/auditAgent/manifestHash.ts';
import type { AgentNode, RunningAgent } from '../agents/auditAgent/running.ts';
import { AGENT_ACCOUNT, AGENT_NAMESPACE, startAgent } from '../agents/auditAgent/running.ts';
import type { Premises, Running } from '../agents/receiver/running.ts';
import { createPremises, startReceiver, TOKEN } from '../agents/receiver/running.ts';
import { writeKubeconfig } from '../support/controlPlane/kubeconfig.ts';
import { eventually } from '../support/eventually.ts';
import { renderKustomization } from '../support/install.ts';
import type { AnyObject } from '../support/kubeAdmin.ts';
import type { Prometheus, PromNode } from '../support/prometheus/prometheus.ts';
import { startPrometheus } from '../support/prometheus/prometheus.ts';
import { promtool } from '../support/prometheus/promtool.ts';
import { shippedDashboards, shippedGroups, shippedPanels, shippedRules } from '../support/prometheus/shipped.ts';
import { START_TIMEOUT_MS } from '../support/sharedControlPlane.ts';
import { manifestOf } from '../support/staticPods/nodes.ts';
import type { World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';
import { member, untilReady } from './support/look.ts';
import { baselinePath, DENY, policies } from './support/paths.ts';
import { declare, denyOnly, FULL_NETWORK, FULL_RBAC } from './support/spec.ts';

const FOREIGN = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n';
const NAME = 'watched';
const SLOW = 'slow';
const WITHIN = { withinMs: 40_000, everyMs: 500 };
/** A threshold at the end of an operand. */
const THRESHOLD = /\s(?:>|<|==)\s[\d.* ]+(?=$|\s+(?:or|unless)\s|\n)/g;

describe('A real Prometheus, with the operator in a scenario', function () {
  this.timeout(60_000);
  let premises: Premises;
  let receiver: Running;
  let world: World;
  let agent: RunningAgent;
  let prometheus: Prometheus;

  before(async function () {
    this.timeout(START_TIMEOUT_MS);
    premises = createPremises();
    receiver = await startReceiver(premises);
    const file = join(premises.dir, 'policy.yaml');
    writeFileSync(file, FOREIGN);
    world = await startWorld(await settingsOf(premises, receiver, file));
    const node = nodeOf(premises.dir, file, world.controlPlane.url);
    agent = await startAgentOf(world, node);
    prometheus = await startPrometheus({
      targets: {
        drawbridge: world.operator().metricsAddress,
        receiver: new URL(receiver.metrics).host,
        agent: await metricsOf(agent),
      },
      ruleGroups: [...shippedGroups().values()].flat(),
    });
    await play(world, node, prometheus);
  });
  after(async () => {
    await prometheus?.stop();
    await agent?.stop();
    await world?.close();
    await receiver?.stop();
    premises?.remove();
  });

  const expectData = async (expr: string): Promise<void> => {
    const samples = await prometheus.query(expr);
    expect(
      samples.filter(({ value }) => !Number.isNaN(value)),
      expr,
    ).to.have.length.above(0);
  };

  it('has data for every query of every dashboard', async () => {
    for (const { queries } of shippedPanels()) {
      for (const { expr } of queries) await eventually(() => expectData(filledIn(expr)), WITHIN);
    }
  });

  it('has something to pick for every variable', async () => {
    for (const { templating } of shippedDashboards().values()) {
      for (const { name, query } of templating.list.slice(1)) {
        const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(query.query) ?? [];
        const samples = await prometheus.query(filledIn(selector));
        expect(samples.map(({ metric }) => metric[label]).filter(Boolean), name).to.have.length.above(0);
      }
    }
  });

  it('has every series that an alert or a panel asks for, down to the value of the label', async () => {
    const all = [...shippedRules(), ...shippedPanels().flatMap(({ queries }) => queries)];
    const selectors = await Promise.all(
      all.map(async ({ expr }) => selectorsIn(await prometheus.parse(filledIn(expr)))),
    );
    const missing = new Set<string>();
    for (const selector of new Set(selectors.flat())) {
      if ((await prometheus.query(selector)).length === 0) missing.add(selector);
    }
    expect([...missing]).to.deep.equal([]);
  });

  it('has data for every alert but for its threshold, and finds no fault with the rules', async () => {
    for (const { alert, expr } of shippedRules()) {
      // One about absence has data when what it asks for is there, or was.
      const measured = isAboutAbsence(expr)
        ? expr.replace(/^absent\((.*)\)$/, '$1').replace(/\s+unless [\s\S]*$/, '')
        : expr.replaceAll(THRESHOLD, '');
      expect(measured, alert).not.to.equal(expr);
      await expectData(measured);
    }
    const { groups } = (await prometheus.get('/api/v1/rules')) as { readonly groups: readonly RunGroup[] };
    const run = groups.flatMap(({ rules }) => rules);
    expect(run.filter(({ health }) => health !== 'ok')).to.deep.equal([]);
    expect(run).to.have.lengthOf(shippedRules().length);
  });

  it('is told of drift, its repair, who did it, and of the policy that opens the namespace', async () => {
    const one = async (expr: string): Promise<number | undefined> => (await prometheus.query(expr))[0]?.value;
    const of = `baseline="${NAME}", control="network.default-deny"`;
    // The next scrape has it, at the latest.
    await eventually(async () => {
      expect(await one(`sum(increase(drawbridge_repairs_total{${of}, result="repaired"}[5m]))`)).to.be.above(0.9);
      expect(await one(`sum(drawbridge_drift_attributed_total{${of}, user="mallory"})`)).to.equal(1);
      expect(await one(`drawbridge_findings{baseline="${NAME}", severity="critical"}`)).to.equal(1);
      const pending = await prometheus.query('ALERTS{alertname="DrawbridgeFindingsCritical"}');
      expect(pending.map(({ metric }) => metric.baseline)).to.deep.equal([NAME]);
    }, WITHIN);
  });

  it('says what the status page says', async () => {
    const address = world
      .operator()
      .lines()
      .find((line) => line.what === 'status page')?.address;
    const answer = await fetch(`http://${address}/api/namespaces/${NAME}`);
    const { cell, report } = (await answer.json()) as { readonly cell: unknown; readonly report: AnyObject['report'] };
    expect(cell).to.deep.equal([NAME, 'drifted', [NAME]]);
    expect(report.findings[0]).to.include({ reason: 'ForeignPolicyOpensNamespace', severity: 'critical' });
    expect(report.lastDrift).to.include({ user: 'mallory', change: 'deleted' });
    const [state] = await prometheus.query(`drawbridge_namespaces{baseline="${NAME}", state="drifted"}`);
    expect(state?.value).to.equal(1);
  });

  it('gets metrics that promtool finds no fault with', async () => {
    const texts = [
      await world.operator().metrics(),
      await (await fetch(receiver.metrics)).text(),
      await (await fetch(`http://${await metricsOf(agent)}/metrics`)).text(),
    ];
    for (const text of texts) {
      const { output } = await promtool(['check', 'metrics'], text);
      // Those of Node itself have the names that prom-client gives them.
      expect(output.split('\n').filter((line) => line !== '' && !/^nodejs_/.test(line))).to.deep.equal([]);
    }
  });
});

interface RunGroup {
  readonly rules: readonly { readonly name: string; readonly health: string; readonly lastError?: string }[];
}

async function settingsOf(premises: Premises, receiver: Running, policyFile: string) {
  const kubeconfig = join(premises.dir, 'webhook.kubeconfig');
  writeKubeconfig(kubeconfig, receiver.webhook, premises.serverCa.certPem, { token: TOKEN });
  return {
    controlPlane: {
      apiServerFlags: [
        `--audit-policy-file=${policyFile}`,
        `--audit-webhook-config-file=${kubeconfig}`,
        '--audit-webhook-batch-max-wait=200ms',
      ],
    },
    operatorArgs: ({ url }: { readonly url: string }) => [
      '--leader-elect',
      '--status-page-bind-address=127.0.0.1:0',
      `--audit-evidence-url=${receiver.evidenceUrl}`,
      `--audit-probe-server=${url}`,
      '--audit-probe-interval=1s',
      '--audit-probe-timeout=5s',
    ],
  };
}

/** A node whose API server is this one. */
function nodeOf(dir: string, policyFile: string, url: string): AgentNode {
  const manifests = join(dir, 'manifests');
  mkdirSync(manifests);
  const manifestFile = join(manifests, 'kube-apiserver.yaml');
  writeFileSync(manifestFile, manifestOf([`--audit-policy-file=${policyFile}`], dir), { mode: 0o600 });
  return { name: 'node-1', url, policyFile, manifestFile };
}

async function startAgentOf({ admin, controlPlane }: World, node: AgentNode): Promise<RunningAgent> {
  const objects = await renderKustomization('manifests/audit-agent');
  await admin.apply(objects.filter(({ kind }) => kind !== 'DaemonSet'));
  const kubeconfig = await controlPlane.serviceAccountKubeconfig(AGENT_NAMESPACE, AGENT_ACCOUNT);
  return startAgent(node, kubeconfig, { metricsBindAddress: '127.0.0.1:0' });
}

const metricsOf = ({ logs }: RunningAgent): Promise<string> =>
  eventually(() => {
    const address = logs.find(({ what }) => what === 'metrics')?.address;
    expect(address).to.be.a('string');
    return address as string;
  });

/** kubelet: restarts the API server once its manifest is another one. */
async function restartOnceAnnotated({ controlPlane }: World, { manifestFile }: AgentNode): Promise<void> {
  await eventually(() => expect(readFileSync(manifestFile, 'utf8')).to.contain(HASH_ANNOTATION), WITHIN);
  await controlPlane.killApiServer();
  await controlPlane.startApiServer();
}

/**
 * A baseline with an audit section, which the agent brings into force; an edit that goes out slowly; drift that is repaired, and a
 * policy that is not ours to repair.
 */
async function play(world: World, node: AgentNode, prometheus: Prometheus): Promise<void> {
  await member(world, NAME, NAME);
  await declare(world, NAME, { network: FULL_NETWORK, rbac: FULL_RBAC, audit: { level: 'Metadata' } });
  await member(world, 'tried', 'trial');
  await declare(world, 'trial', { ...denyOnly(), enforcement: 'Audit' });
  await world.admin.create(waiverOf(NAME));
  for (const name of ['slow-a', 'slow-b', 'slow-c']) await member(world, name, SLOW);
  await declare(world, SLOW, { ...denyOnly(), rollout: { batch: 1, pause: '24h' } });
  await restartOnceAnnotated(world, node);
  const has = (expr: string) =>
    eventually(async () => expect(await prometheus.query(expr), expr).to.have.length.above(0), WITHIN);
  await has('drawbridge_audit_effective{status="True"} == 1');
  await has('drawbridge_audit_agent_rollouts_total{result="done"} == 1');
  await has('drawbridge_audit_agent_in_step == 1');
  await untilReady(world, SLOW, 3);
  await world.admin.patch(baselinePath(SLOW), { spec: { network: { defaultDeny: ['Ingress'] } } });
  await has(`drawbridge_rollout_namespaces{baseline="${SLOW}", state="waiting"} > 0`);
  await has(`drawbridge_repairs_total{baseline="${NAME}", control="network.default-deny", result="repaired"} == 0`);
  await world.admin.create({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'open', namespace: NAME },
    spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
  });
  await world.admin.impersonating('mallory', ['system:masters']).delete(policies(NAME, DENY));
  await has('drawbridge_drift_attributed_total{user="mallory"}');
  await has('drawbridge_findings{severity="critical"}');
  await has('drawbridge_waiver_expiry_timestamp_seconds{waiver="legacy"} - time() > 0');
}

const isAboutAbsence = (expr: string): boolean => /^absent\(|^max by [\s\S]* \(max_over_time\([\s\S]*unless/.test(expr);

/** Active, and of a control that finds nothing here. */
const waiverOf = (namespace: string) => ({
  apiVersion: 'drawbridge.dev/v1alpha1',
  kind: 'BaselineWaiver',
  metadata: { name: 'legacy' },
  spec: {
    namespaces: [namespace],
    controls: ['network.allow-same-namespace'],
    reason: 'until it has moved into the mesh',
    approvedBy: 'security@example.com',
    expiresAt: new Date(Date.now() + 30 * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z'),
  },
});

/** What Grafana would put in. */
const filledIn = (expr: string): string =>
  expr.replaceAll(/\$__(rate_interval|range)/g, '5m').replaceAll(/\$(cluster|baseline|job|instance|node)/g, '.*');

function selectorsIn(node: PromNode): readonly string[] {
  const inner = Object.values(node)
    .flat()
    .filter((value): value is PromNode => typeof value === 'object' && value !== null && 'type' in value);
  const own = node.type === 'vectorSelector' || node.type === 'matrixSelector' ? [selectorOf(node)] : [];
  return [...own, ...inner.flatMap(selectorsIn)];
}

function selectorOf({ matchers }: PromNode): string {
  const written = (matchers as readonly Readonly<Record<'name' | 'type' | 'value', string>>[]).map(
    ({ name, type, value }) => `${name}${type}${JSON.stringify(value)}`,
  );
  return `{${written.join(', ')}}`;
}
