import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse, parseAllDocuments } from 'yaml';
import { BASELINE_REPORT, NAME_PREFIX, REPORT_NAME } from '../../src/api/names.ts';
import type { SecurityBaselineStatus } from '../../src/api/types.ts';
import { controls } from '../../src/controls/index.ts';
import { kindRow } from '../../src/core/kinds/kinds.ts';
import { HEALTH, healthDir } from '../../tools/generate/argoHealth.ts';
import type { Member } from '../core/statuses.ts';
import { GENERATION, restricted, status } from '../core/statuses.ts';
import { contribution, failure } from '../core/tallies.ts';
import { argoHealth, fluxHealth } from '../support/gitops/health.ts';
import { renderChart } from '../support/helm/helm.ts';
import { kstatus } from '../support/model/kstatus.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface HealthTest {
  readonly healthStatus: Readonly<Record<'status' | 'message', string>>;
  readonly inputPath: string;
}

describe('The health checks for GitOps', () => {
  for (const [kind, cases] of Object.entries(HEALTH)) {
    const dir = healthDir(kind);
    const tests: readonly HealthTest[] = parse(read(`${dir}/health_test.yaml`)).tests;
    for (const { healthStatus, inputPath } of tests) {
      it(`of Argo CD say ${healthStatus.status} of ${kind} ${inputPath}`, () => {
        expect(argoHealth(parse(read(`${dir}/${inputPath}`)))).to.deep.equal(healthStatus);
      });
    }

    for (const { name, flux } of cases) {
      it(`of Flux say ${flux} of ${kind} ${name}`, () => {
        expect(fluxHealth(parse(read(`${dir}/testdata/${name}.yaml`)))).to.equal(flux);
      });
    }

    it(`have test data of nothing but these cases of ${kind}`, () => {
      const files = readdirSync(join(ROOT, dir, 'testdata')).sort();
      expect(files).to.deep.equal(cases.map(({ name }) => `${name}.yaml`).sort());
    });
  }

  it('agree with kstatus in every combination of two namespaces, before and after an edit', () => {
    for (const before of [undefined, status({ a: contribution() })]) {
      for (const a of MEMBERS) {
        for (const b of MEMBERS) {
          for (const generation of [GENERATION, GENERATION + 1])
            agree(status({ a, b }, restricted, before), generation);
        }
      }
    }
  });
});

describe('The samples for GitOps', () => {
  const projects = parseAllDocuments(read('manifests/gitops/argocd/appproject.yaml')).map((document) =>
    document.toJS(),
  );

  it("know every kind that is written into a team's namespaces", () => {
    const { ignore } = projects.find(({ metadata }) => metadata.name === 'payments').spec.orphanedResources;
    const kinds = [...new Set(controls.flatMap(({ writes }) => writes))]
      .map((kind) => kindRow(kind))
      .filter((row) => row.namespaced);
    const written = kinds.map(({ group, kind }) => ({ group, kind, name: `${NAME_PREFIX}*` }));
    const { group, kind } = BASELINE_REPORT;
    expect(ignore.map((entry: object) => ({ group: '', ...entry }))).to.have.deep.members([
      ...written,
      { group, kind, name: REPORT_NAME },
    ]);
  });

  it('make the namespace as it is shipped', () => {
    const [operator] = parseAllDocuments(read('manifests/gitops/argocd/application.yaml')).map((one) => one.toJS());
    const { metadata } = parse(read('manifests/base/namespace.yaml'));
    expect(operator.spec.syncPolicy.managedNamespaceMetadata.labels).to.deep.equal(metadata.labels);
    expect(operator.spec.destination.namespace).to.equal(metadata.name);
  });

  it('give the chart values that it takes', async () => {
    const [argo] = parseAllDocuments(read('manifests/gitops/argocd/application.yaml')).map((one) => one.toJS());
    const release = parseAllDocuments(read('manifests/gitops/flux/helmrelease.yaml'))
      .map((one) => one.toJS())
      .find(({ kind }) => kind === 'HelmRelease');
    for (const values of [argo.spec.source.helm.valuesObject, release.spec.values]) await renderChart(values);
  }).timeout(60_000);

  it('are what the docs say', () => {
    const flux = read('manifests/gitops/flux/kustomization.yaml');
    expect(read('docs/gitops.md')).to.contain(flux.slice(flux.indexOf('  healthCheckExprs:')));
  });
});

const MEMBERS: readonly Member[] = [
  'pending',
  ...(['compliant', 'drifted', 'failed', 'unknown'] as const).map((state) => contribution(state)),
  ...(['MissingRight', 'Invalid'] as const).map((reason) => contribution('failed', { failure: failure(reason) })),
];

const ARGO = { Current: 'Healthy', InProgress: 'Progressing', Failed: 'Degraded' } as const;

function agree(is: SecurityBaselineStatus, generation: number): void {
  const object = { kind: 'SecurityBaseline', metadata: { generation }, status: is };
  const expected = kstatus(is, generation);
  expect(fluxHealth(object), JSON.stringify(object)).to.equal(expected);
  expect(argoHealth(object).status, JSON.stringify(object)).to.equal(ARGO[expected]);
}
