import { expect } from 'chai';
import { kindRow, WORKLOAD_KINDS } from '../../src/core/kinds/kinds.ts';
import type { WorkloadBody } from '../../src/core/model/bodies.ts';
import type { Projection } from '../../src/k8s/entry.ts';
import type { KubeObject, OwnerReference } from '../../src/k8s/object.ts';

const container = {
  name: 'app',
  ports: [
    { name: 'http', containerPort: 8080 },
    { containerPort: 53, hostPort: 53 },
  ],
};
const template = { metadata: { labels: { app: 'web' } }, spec: { hostNetwork: true, containers: [container] } };

/** An object of a workload kind with that template, by itself or made by another. */
function workload(kind: string, owner?: Partial<OwnerReference>, more: object = {}): KubeObject {
  const { group } = kindRow(kind);
  const spec = kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template };
  return {
    apiVersion: group === '' ? 'v1' : `${group}/v1`,
    kind,
    metadata: {
      name: 'web',
      namespace: 'payments',
      labels: kind === 'Pod' ? template.metadata.labels : { team: 'a' },
      ...(owner === undefined ? {} : { ownerReferences: [{ controller: true, uid: 'u', ...owner } as never] }),
    },
    ...(kind === 'Pod' ? { spec: template.spec } : { spec }),
    ...more,
  };
}

const project = (raw: KubeObject): Projection<WorkloadBody> | undefined =>
  kindRow(raw.kind).project(raw, 1_000) as Projection<WorkloadBody> | undefined;

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };

describe('what is kept of workloads', () => {
  for (const kind of WORKLOAD_KINDS) {
    it(`of a ${kind} is what its pods are: labels, network, ports and what they break`, () => {
      const kept = project(workload(kind));
      expect(kept?.labels).to.deep.equal({ app: 'web' });
      expect(kept?.body.owner).to.equal(undefined);
      expect(kept?.body.pods?.hostNetwork).to.equal(true);
      expect(kept?.body.pods?.ports).to.deep.equal([
        { name: 'http', protocol: 'TCP', port: 8080 },
        { name: '', protocol: 'TCP', port: 53, hostPort: 53 },
      ]);
      const checks = kept?.body.pods?.violations.map(({ check }) => check);
      expect(checks).to.include.members(['hostNamespaces', 'hostPorts', 'runAsNonRoot']);
    });
  }

  it('of what another workload has made is whose it is: the other one has the template', () => {
    const CRON_JOB = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'backup' };
    expect(project(workload('ReplicaSet', DEPLOYMENT))).to.deep.equal({
      body: { owner: { kind: 'Deployment', name: 'web' } },
      labels: {},
    });
    expect(project(workload('Job', CRON_JOB))?.body).to.deep.equal({ owner: { kind: 'CronJob', name: 'backup' } });
  });

  it('of a pod is everything, also when a workload has made it: admission may have changed it', () => {
    const body = project(workload('Pod', { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1' }))?.body;
    expect(body?.owner).to.deep.equal({ kind: 'ReplicaSet', name: 'web-1' });
    expect(body?.pods?.violations).to.not.be.empty;
  });

  it('counts no owner that is no controller, of another group or of another kind', () => {
    for (const owner of [
      { ...DEPLOYMENT, controller: false },
      { ...DEPLOYMENT, apiVersion: 'apps.example.com/v1' },
      { ...DEPLOYMENT, kind: 'Rollout', apiVersion: 'argoproj.io/v1alpha1' },
      { ...DEPLOYMENT, kind: 'constructor' },
    ]) {
      const body = project(workload('ReplicaSet', owner as Partial<OwnerReference>))?.body;
      expect(body?.owner).to.equal(undefined);
      expect(body?.pods?.violations).to.not.be.empty;
    }
  });

  it('of what has finished is nothing', () => {
    for (const phase of ['Succeeded', 'Failed']) {
      expect(project(workload('Pod', undefined, { status: { phase } }))).to.equal(undefined);
    }
    expect(project(workload('Pod', undefined, { status: { phase: 'Running' } }))).to.not.equal(undefined);
    const conditions = (type: string, status = 'True') => ({ status: { conditions: [{ type, status }] } });
    expect(project(workload('Job', undefined, conditions('Complete')))).to.equal(undefined);
    expect(project(workload('Job', undefined, conditions('Failed')))).to.equal(undefined);
    expect(project(workload('Job', undefined, conditions('Suspended')))).to.not.equal(undefined);
    expect(project(workload('Job', undefined, conditions('Failed', 'False')))).to.not.equal(undefined);
  });

  it('is equal for the pods of one template, so that the store keeps it once', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1' };
    const other = { ...workload('Pod', owner), status: { phase: 'Pending', podIP: '10.0.0.1' } };
    expect(project(other)?.body).to.deep.equal(project(workload('Pod', owner))?.body);
  });

  it('is bounded, and no flood of one field hides what another check finds', () => {
    const containers = Array.from({ length: 500 }, (_, i) => ({
      name: `c${i}`,
      ports: [{ containerPort: 1 + i }],
      securityContext: { allowPrivilegeEscalation: false, ...(i === 499 ? { privileged: true } : {}) },
    }));
    const pods = project({ ...workload('Pod'), spec: { containers } })?.body.pods;
    expect(pods?.ports).to.have.lengthOf(16);
    expect(pods?.violations.length).to.be.below(60);
    expect(pods?.violations.map(({ check }) => check)).to.include('privileged');
  });

  it('THREATS 16: is another content with one container more that breaks what others break already', () => {
    const of = (count: number) =>
      project({
        ...workload('Pod'),
        spec: {
          containers: Array.from({ length: count }, (_, i) => ({
            name: `c${i}`,
            securityContext: { privileged: true },
          })),
        },
      })?.body;
    expect(of(20)).to.not.deep.equal(of(21));
    expect(
      of(20)
        ?.pods?.violations.filter(({ check }) => check === 'privileged')
        .at(-1),
    ).to.include({ more: 17 });
  });

  it('THREATS 6: is small whatever somebody writes: thousands of them must have room', () => {
    const long = (text: string): string => text.padEnd(500, 'x');
    const containers = Array.from({ length: 100 }, (_, i) => ({
      name: long(`c${i}`),
      ports: Array.from({ length: 50 }, (_port, k) => ({ name: `p${k}`, containerPort: 1 + k, hostPort: 1 + k })),
      securityContext: { privileged: true, procMount: long(`${i}`), capabilities: { add: [long(`${i}`)] } },
    }));
    const labels = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`label-${i}`, 'x'.repeat(63)]));
    const template = { metadata: { labels }, spec: { containers } };
    const kept = project({ ...workload('Deployment'), spec: { template } });
    expect(JSON.stringify(kept).length).to.be.below(24 * 1024);
  });
});
