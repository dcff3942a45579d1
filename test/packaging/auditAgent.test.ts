import { dirname } from 'node:path';
import { expect } from 'chai';
import { TURN_LEASE } from '../../src/agents/auditAgent/agent.ts';
import { auditAgentOptionsOf, parseAuditAgentFlags } from '../../src/agents/auditAgent/flags.ts';
import { checkOptions } from '../../src/agents/auditAgent/options.ts';
import { AUDIT_POLICY_NAME } from '../../src/api/names.ts';
import { parseBindAddress } from '../../src/operator/bindAddress.ts';
import { systemClock } from '../../src/operator/clock.ts';
import { createLogger } from '../../src/operator/logger.ts';
import { VERSION } from '../../src/version.ts';
import { renderKustomization } from '../support/install.ts';
import type { AnyObject, KubeAdmin, NewObject } from '../support/kubeAdmin.ts';
import { kubeAdmin } from '../support/kubeAdmin.ts';
import { useSharedControlPlane } from '../support/sharedControlPlane.ts';
import { named, rightsOf, rulesOf } from './rules.ts';

const NAME = 'drawbridge-audit-agent';
const NAMESPACE = 'drawbridge-audit-agent';
const PROCESS = {
  version: VERSION,
  logger: createLogger('error'),
  clock: systemClock,
  env: { NODE_NAME: 'a' },
};
const DRY_RUN = { query: { dryRun: 'All', fieldValidation: 'Strict' } };

describe('The manifests of the audit agent, on a real API server', function () {
  this.timeout(60_000);
  const controlPlane = useSharedControlPlane();
  let admin: KubeAdmin;
  let objects: readonly NewObject[];
  let template: AnyObject;
  let container: AnyObject;
  before(async () => {
    admin = kubeAdmin(controlPlane().kubeconfig);
    objects = await renderKustomization('manifests/audit-agent');
    template = (named(objects, 'DaemonSet', NAME) as AnyObject).spec.template;
    [container] = template.spec.containers;
    await admin.apply(objects.filter(({ kind }) => ['Namespace', 'ServiceAccount'].includes(kind)));
  });
  after(async () => {
    await admin?.delete(`/api/v1/namespaces/${NAMESPACE}`);
    await admin?.close();
  });

  it('are taken strictly', async () => {
    const scraped = named(await renderKustomization('manifests/overlays/audit-agent-metrics'), 'DaemonSet', NAME);
    for (const object of [...objects, scraped].filter(({ metadata }) => metadata.namespace !== 'drawbridge-system')) {
      if (['Namespace', 'ServiceAccount'].includes(object.kind)) continue;
      const path = (await admin.pathOf(object)).replace(/\/[^/]+$/, '');
      const { status, body } = await admin.request('POST', path, object, DRY_RUN);
      expect(status, `${object.kind}: ${JSON.stringify(body)}`).to.equal(201);
    }
  });

  it('need a privileged namespace, and only for the directories and the network of the node', async () => {
    const pod = (namespace: string): NewObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...template.metadata, name: 'agent', namespace },
      spec: { ...template.spec, serviceAccountName: undefined, automountServiceAccountToken: false },
    });
    const post = (namespace: string) =>
      admin.request('POST', `/api/v1/namespaces/${namespace}/pods`, pod(namespace), DRY_RUN);
    const own = await post(NAMESPACE);
    expect(own.status, JSON.stringify(own.body)).to.equal(201);
    const name = 'audit-agent-baseline';
    const labels = { 'pod-security.kubernetes.io/enforce': 'baseline' };
    await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    try {
      const { status, body } = await post(name);
      expect(status).to.equal(403);
      const [, why] = /violates PodSecurity "baseline:latest": (.*)$/.exec(body.message) ?? [];
      // Since 1.34 the address of a probe is one of them: it is loopback, as nobody else is to ask.
      const allowed = ['host namespaces', 'hostPath volumes', 'hostPort', 'probe or lifecycle host'];
      expect(allowed).to.include.members(why?.replace(/ \(.*?\)/g, '').split(', ') ?? []);
    } finally {
      await admin.delete(`/api/v1/namespaces/${name}`);
    }
  });

  it('give it the right to read what is published, to take turns, to report, and to look at the server', () => {
    const roles = objects.filter(({ kind }) => kind === 'Role');
    const rights = (namespace: string) =>
      roles.filter(({ metadata }) => metadata.namespace === namespace).flatMap((role) => rightsOf(rulesOf(role)));
    expect(rights('drawbridge-system')).to.have.members([
      `list configmaps/${AUDIT_POLICY_NAME}`,
      `watch configmaps/${AUDIT_POLICY_NAME}`,
      'get configmaps',
    ]);
    expect(rights(NAMESPACE)).to.have.members([
      'create leases.coordination.k8s.io',
      `get leases.coordination.k8s.io/${TURN_LEASE}`,
      `update leases.coordination.k8s.io/${TURN_LEASE}`,
      'create configmaps',
      'patch configmaps',
    ]);
    expect(named(objects, 'ClusterRole', NAME).rules).to.deep.equal([
      { nonResourceURLs: ['/metrics', '/readyz', '/version'], verbs: ['get'] },
    ]);
  });

  it('mount two directories of the node, under their own paths, and nothing else of it', () => {
    const directories = ['/etc/kubernetes/audit', '/etc/kubernetes/manifests'];
    const { volumes } = template.spec as { readonly volumes: readonly AnyObject[] };
    expect(volumes.map(({ hostPath }) => hostPath)).to.deep.equal(
      directories.map((path) => ({ path, type: 'Directory' })),
    );
    expect(container.volumeMounts.map(({ mountPath }: AnyObject) => mountPath)).to.deep.equal(directories);
  });

  it('run it as root without any capability, on a root that cannot be written', () => {
    expect(container.securityContext).to.deep.equal({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(template.spec.securityContext).to.include({ runAsUser: 0, runAsGroup: 0 });
    expect(template.spec).to.not.have.any.keys('hostPID', 'hostIPC');
  });

  it('serve metrics on loopback, and on the one address of the node only where that is asked for', async () => {
    const scraped = await renderKustomization('manifests/overlays/audit-agent-metrics');
    const changed = (named(scraped, 'DaemonSet', NAME) as AnyObject).spec.template.spec.containers[0];
    const addressOf = ({ args }: AnyObject) =>
      auditAgentOptionsOf(parseAuditAgentFlags(args.slice(1)), PROCESS).metricsBindAddress;
    expect(addressOf(container)).to.equal('127.0.0.1:8085');
    expect(container).not.to.have.property('ports');
    expect(addressOf(changed)).to.equal('[$(NODE_IP)]:8085');
    for (const ip of ['192.0.2.10', '2001:db8::10']) {
      expect(parseBindAddress(addressOf(changed).replace('$(NODE_IP)', ip))).to.deep.equal({ host: ip, port: 8085 });
    }
    // Nothing else is another: not a right, a directory, or a flag.
    const { args, env, ports } = changed;
    expect(args.filter((arg: string) => !container.args.includes(arg))).to.have.lengthOf(1);
    expect(container.args.filter((arg: string) => !args.includes(arg))).to.have.lengthOf(1);
    expect(env).to.deep.include({ name: 'NODE_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } });
    expect(ports).to.deep.equal([{ name: 'metrics', containerPort: 8085, protocol: 'TCP' }]);
    const same = scraped.map((object) => {
      if (object.kind !== 'DaemonSet') return object;
      const { ports: _ports, ...rest } = changed;
      const spec = { ...template.spec, containers: [{ ...rest, args: container.args, env: container.env }] };
      const { spec: own } = object as AnyObject;
      return { ...object, spec: { ...own, template: { ...own.template, spec } } };
    });
    expect(same).to.deep.equal(objects);
  });

  it('give flags that it knows and starts with, of this version, and never two on one node', () => {
    const [command, ...flags] = container.args;
    expect(command).to.equal('audit-agent');
    const options = auditAgentOptionsOf(parseAuditAgentFlags(flags), PROCESS);
    checkOptions(options);
    expect(container.env).to.deep.equal([
      { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    ]);
    const mounted = container.volumeMounts.map(({ mountPath }: AnyObject) => mountPath);
    expect([dirname(options.policyFile), dirname(options.manifestFile)]).to.deep.equal(mounted);
    for (const probe of [container.livenessProbe, container.readinessProbe]) {
      expect(`${probe.httpGet.host}:${probe.httpGet.port}`).to.equal(options.healthBindAddress);
    }
    expect(container.image).to.equal(`drawbridge:${VERSION}`);
    const { updateStrategy } = (named(objects, 'DaemonSet', NAME) as AnyObject).spec;
    expect(updateStrategy.rollingUpdate).to.include({ maxSurge: 0 });
  });
});
