import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { VALUE_SETS } from '../packaging/chartValues.ts';
import { eventually } from '../support/eventually.ts';
import { argoHealth, fluxHealth } from '../support/gitops/health.ts';
import type { Values } from '../support/helm/helm.ts';
import { CHART, helmOrThrow, renderChart } from '../support/helm/helm.ts';
import { install, OPERATOR_NAMESPACE } from '../support/install.ts';
import { readManifests } from '../support/kubeAdmin/manifests.ts';
import type { AnyObject, KubeAdmin, NewObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { shown, untilQuiet } from './support/look.ts';
import { DENY, policies } from './support/paths.ts';

const ROOT = join(import.meta.dirname, '../..');
const SAMPLES = readManifests(join(ROOT, 'manifests/samples'));
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const CRD = `${CRDS}/securitybaselines.drawbridge.dev`;
const OPERATOR_ROLE = '/apis/rbac.authorization.k8s.io/v1/clusterroles/drawbridge';
const TEAM = 'payments';

/** Helm does everything; no node runs the Deployment, so the operator runs as ever, by the ServiceAccount of the chart. */
describe('The Helm chart in a cluster', function () {
  this.timeout(120_000);
  const world = useWorld({
    install: async (admin, { kubeconfig }) => {
      await admin.apply(join(ROOT, 'manifests/base/namespace.yaml'));
      const older = olderChart();
      await release('install', older, kubeconfig, { auditOnly: true }).finally(() =>
        rmSync(older, { recursive: true }),
      );
    },
  });
  const admin = () => world().admin;
  const helm = (verb: string, values?: Values, flags: readonly string[] = []) =>
    release(verb, verb === 'uninstall' ? undefined : CHART, world().controlPlane.kubeconfig, values, flags);
  const liveOf = async (sample: NewObject): Promise<AnyObject> => admin().get(await admin().pathOf(sample));
  const applied = async (sample: NewObject): Promise<AnyObject> => {
    const { status, body } = await admin().request('PATCH', await admin().pathOf(sample), sample, BY_ARGO);
    expect(status, body.message).to.be.below(300);
    return body;
  };
  const deny = () => admin().find(policies(TEAM, DENY));
  const gone: string[] = [];
  let lastSeen: string | undefined;
  const untilRepaired = async () => {
    await admin().patch(policies(TEAM, DENY), { spec: { ingress: [{}] } });
    await eventually(async () => expect((await deny())?.spec).not.to.have.property('ingress'), { withinMs: 30_000 });
  };

  it('is taken by the API server with every set of values', async () => {
    for (const name of ['drawbridge-audit', 'drawbridge-audit-agent'])
      await admin().apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const rendered = await Promise.all(Object.values(VALUE_SETS).map((values) => renderChart(values)));
    const distinct = new Map(rendered.flat().map((object) => [JSON.stringify(object), object]));
    const served = [...distinct.values()].filter(({ apiVersion }) => !apiVersion.startsWith('monitoring.coreos.com/'));
    expect(served).to.have.lengthOf.above(40);
    const refused = (await Promise.all(served.map((object) => dryRun(admin(), object)))).filter((said) => said !== '');
    expect(refused).to.deep.equal([]);
  });

  it('upgrades the CRDs, and an operator that only looked to one that acts', async () => {
    expect(columnsOf(await admin().get(CRD))).not.to.include('Message');
    await helm('upgrade', {
      auditOnly: false,
      admissionPolicies: { enabled: true },
      namespaceLabels: { enabled: true },
    });
    expect(columnsOf(await admin().get(CRD))).to.include('Message');
    for (const sample of SAMPLES) await applied(sample);
    await world().namespace(TEAM, { baseline: 'restricted', team: TEAM });
    // Until the operator knows of `restricted`, the sample `baseline` may govern: what that wrote goes then.
    await eventually(
      async () => {
        expect((await deny())?.metadata.labels).to.include({ 'drawbridge.dev/baseline': 'restricted' });
        expect(await admin().find(policies(TEAM, 'drawbridge-rule-from-platform'))).to.equal(undefined);
      },
      { withinMs: 30_000 },
    );
    await admin().watch(policies(TEAM), ({ type, object }) => {
      if (type === 'DELETED') gone.push(object.metadata.name);
      if (object.metadata.name === DENY) lastSeen = object.metadata.resourceVersion;
    });
    await untilRepaired();
  });

  it('has samples that are healthy to Argo CD and Flux, and that a second apply by Argo CD does not change', async () => {
    await eventually(
      async () => {
        for (const sample of SAMPLES) {
          const live = await liveOf(sample);
          expect(argoHealth(live).status, JSON.stringify(live.status)).to.equal('Healthy');
          expect(fluxHealth(live)).to.equal('Current');
        }
      },
      { withinMs: 60_000 },
    );
    await untilQuiet(world());
    const mark = await world().mark();
    for (const sample of SAMPLES) {
      const before = (await liveOf(sample)).metadata.resourceVersion;
      expect((await applied(sample)).metadata.resourceVersion, sample.metadata.name).to.equal(before);
    }
    await untilQuiet(world());
    expect(shown(await world().writesSince(mark, { all: true }))).to.deep.equal([]);
  });

  it('goes back to looking, and on to everything, and no namespace loses its deny', async () => {
    await helm('upgrade', { auditOnly: true });
    await helm('upgrade', { ...VALUE_SETS.everything, monitoring: { dashboards: { enabled: true } } }, [
      '--take-ownership',
    ]);
    await untilRepaired();
    expect(gone).to.deep.equal([]);
  });

  it('is uninstalled while the operator runs, and baselines and what they wrote stay', async () => {
    const before = await deny();
    await helm('uninstall');
    await eventually(async () => expect(await admin().find(OPERATOR_ROLE)).to.equal(undefined));
    await world().stopOperator();
    expect((await deny())?.metadata.uid).to.equal(before?.metadata.uid);
    for (const sample of SAMPLES)
      expect((await liveOf(sample)).metadata.deletionTimestamp, sample.metadata.name).to.equal(undefined);
    expect((await admin().get(CRD)).metadata.deletionTimestamp).to.equal(undefined);
    expect(await admin().find('/api/v1/namespaces/drawbridge-audit')).not.to.equal(undefined);
    expect(gone).to.deep.equal([]);
  });

  it('takes up what stayed, and over what kustomize has installed', async () => {
    await install(admin());
    await helm('install', { operator: { replicas: 3 } }, ['--take-ownership', '--force-conflicts']);
    await world().startOperator();
    await untilRepaired();
    // The watch has seen all of it.
    await eventually(async () => expect(lastSeen).to.equal((await deny())?.metadata.resourceVersion));
    expect(gone).to.deep.equal([]);
  });
});

const BY_ARGO = {
  contentType: 'application/apply-patch+yaml',
  query: { fieldManager: 'argocd-controller', force: true, fieldValidation: 'Strict' },
};

const columnsOf = (crd: AnyObject): readonly string[] =>
  crd.spec.versions[0].additionalPrinterColumns.map(({ name }: AnyObject) => name);

/** What the API server has against an object, or nothing. */
async function dryRun(admin: KubeAdmin, object: NewObject): Promise<string> {
  const query = { fieldManager: 'helm', force: true, dryRun: 'All', fieldValidation: 'Strict' };
  const options = { contentType: 'application/apply-patch+yaml', query };
  const { status, body } = await admin.request('PATCH', await admin.pathOf(object), object, options);
  return status < 400 ? '' : `${object.kind} ${object.metadata.name}: ${body.message}`;
}

async function release(
  verb: string,
  chart: string | undefined,
  kubeconfig: string,
  values?: Values,
  flags: readonly string[] = [],
): Promise<void> {
  const to = ['--namespace', OPERATOR_NAMESPACE, '--kubeconfig', kubeconfig];
  await helmOrThrow([verb, 'drawbridge', ...(chart === undefined ? [] : [chart]), ...to, ...flags], values);
}

/** The chart as an earlier version may have had it: a column less in a CRD. */
function olderChart(): string {
  const dir = mkdtempSync(join(tmpdir(), 'drawbridge-chart-'));
  cpSync(CHART, dir, { recursive: true });
  const crd = join(dir, 'templates/crds/drawbridge.dev_securitybaselines.yaml');
  const text = readFileSync(crd, 'utf8');
  const without = text.replace(/ +- name: Message\n(?: {10}.*\n)+/, '');
  expect(without.length).to.be.below(text.length);
  writeFileSync(crd, without);
  return dir;
}
