import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { goModuleDir } from '../support/goModule.ts';
import { install, renderKustomization } from '../support/install.ts';
import { readManifests } from '../support/kubeAdmin/manifests.ts';
import type { AnyObject, KubeAdmin, NewObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { member, untilQuiet, untilReady } from './support/look.ts';
import { DENY, policies } from './support/paths.ts';
import { declare, denyOnly } from './support/spec.ts';

/** The CRDs as their makers publish them, from their Go modules: nothing of them is kept here. */
const OPEN_REPORTS = ['github.com/openreports/reports-api@v0.2.1', 'config/crd'] as const;
/** Of a module without versions, as Go writes the commit. */
const POLICY_REPORTS = [
  'sigs.k8s.io/wg-policy-prototypes@v0.0.0-20240327135653-0fc2ddc5d3e3',
  'policy-report/crd/v1alpha2',
] as const;
const CRD = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/reports.openreports.io';
const NAME = 'shown';
/** The open connection of a watch may close late, and a watch of what is not served is tried every five seconds. */
const BACK_WITHIN_MS = 30_000;

/** The CRDs of others, or undefined without Go. */
function crdsOf([module, path]: readonly [string, string]): readonly NewObject[] | undefined {
  const dir = goModuleDir(module);
  return dir === undefined ? undefined : readManifests(`${dir}/${path}`);
}

/** A cluster that serves reports of others, with the opt-in right; `path` is the report of the namespace. */
function useReports(source: readonly [string, string], path: string) {
  let crds: readonly NewObject[] = [];
  before('the CRDs', function () {
    this.timeout(60_000);
    const found = crdsOf(source);
    // With KUBEBUILDER_ASSETS the other tests need no Go; these have their CRDs from nowhere else.
    if (found === undefined) this.skip();
    else crds = found;
  });
  const installed = async (admin: KubeAdmin): Promise<void> => {
    await admin.apply(crds);
    await install(admin);
    await admin.apply(await renderKustomization('manifests/policy-reports'));
  };
  const world = useWorld({ install: installed });
  const admin = (): KubeAdmin => world().admin;
  const report = (): Promise<AnyObject> => admin().get(path);
  const summaryIs = (wanted: object, withinMs = 20_000): Promise<unknown> =>
    eventually(async () => expect((await report()).summary).to.include(wanted), { withinMs });
  return { world, admin, report, summaryIs, crds: () => crds };
}

/** What holds of them, whichever API they are served by. */
function areKept({ world, admin, report, summaryIs }: ReturnType<typeof useReports>, path: string): void {
  it('are written with the opt-in right, follow what is found, are put right, and are quiet', async () => {
    await member(world(), NAME, NAME);
    await declare(world(), NAME, denyOnly());
    await untilReady(world(), NAME, 1);
    await summaryIs({ pass: 1, fail: 0 });
    const open = { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] };
    const metadata = { name: 'open', namespace: NAME };
    await admin().create({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec: open });
    await summaryIs({ pass: 0, fail: 1 });
    const [worst] = (await report()).results;
    expect(worst).to.deep.include({ policy: 'network.foreign-policies', result: 'fail', source: 'drawbridge' });
    expect(worst.resources).to.deep.equal([
      { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: NAME, name: 'open' },
    ]);
    await admin().patch(path, { results: [], summary: { pass: 9, fail: 0 } });
    await summaryIs({ pass: 0, fail: 1 });
    await untilQuiet(world());
  });
}

describe('Reports that others show, with the CRD of OpenReports', function () {
  this.timeout(90_000);
  const REPORT = `/apis/openreports.io/v1alpha1/namespaces/${NAME}/reports/drawbridge`;
  const cluster = useReports(OPEN_REPORTS, REPORT);
  const { world, admin, summaryIs, crds } = cluster;
  areKept(cluster, REPORT);

  it('take nothing down when their API vanishes, and come back with it', async () => {
    await admin().delete(CRD);
    await eventually(async () => expect(await admin().find(REPORT)).to.equal(undefined), { withinMs: BACK_WITHIN_MS });
    await admin().delete(policies(NAME, DENY));
    await eventually(async () => expect(await admin().find(policies(NAME, DENY))).not.to.equal(undefined));
    expect((await world().operator().health('/readyz')).status).to.equal(200);
    await admin().apply(crds());
    await summaryIs({ pass: 0, fail: 1 }, BACK_WITHIN_MS);
    const failed = world()
      .operator()
      .lines()
      .filter(({ message, controller }) => message === 'a reconciliation failed' && controller === 'policyReports');
    expect(failed).to.deep.equal([]);
  });
});

describe('Reports that others show, with the older CRD of the policy working group', function () {
  this.timeout(90_000);
  const REPORT = `/apis/wgpolicyk8s.io/v1alpha2/namespaces/${NAME}/policyreports/drawbridge`;
  areKept(useReports(POLICY_REPORTS, REPORT), REPORT);
});
