import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { API_VERSION, BASELINE_WAIVER, GROUP, SECURITY_BASELINE } from '../../src/api/names.ts';
import type { GeneratedFile, Generator } from './generator.ts';
import { GENERATED, YAML_HEADER } from './generator.ts';
import type { HealthCase } from './healthCases.ts';
import { HEALTH_CASES } from './healthCases.ts';
import { ROOT } from './stale.ts';
import { WAIVER_HEALTH_CASES } from './waiverHealthCases.ts';

/** As in Argo CD's own repository, so that it can be given there as it is. */
export const healthDir = (kind: string): string => `manifests/gitops/argocd/resource_customizations/${GROUP}/${kind}`;

/** The kinds that stand in Git, and what their health is in each state. */
export const HEALTH: Readonly<Record<string, readonly HealthCase[]>> = {
  [SECURITY_BASELINE.kind]: HEALTH_CASES,
  [BASELINE_WAIVER.kind]: WAIVER_HEALTH_CASES,
};

/** Of Argo CD's health checks: what their tests read, and the ConfigMap that gives them to an Argo CD of today. */
export const argoHealthGenerator: Generator = {
  name: 'argo-health',
  files: async () => {
    const lua = await readFile(join(ROOT, healthDir(SECURITY_BASELINE.kind), 'health.lua'), 'utf8');
    return [
      ...Object.entries(HEALTH).flatMap(([kind, cases]) => testOf(kind, cases)),
      { path: `${healthDir(BASELINE_WAIVER.kind)}/health.lua`, content: `-- ${GENERATED}\n${lua}` },
      { path: 'manifests/gitops/argocd/argocd-cm.yaml', content: configMap(lua) },
    ];
  },
};

const yaml = (value: unknown): string => YAML_HEADER + stringify(value, { lineWidth: 0 });

const inputPath = ({ name }: HealthCase): string => `testdata/${name}.yaml`;

function testOf(kind: string, cases: readonly HealthCase[]): readonly GeneratedFile[] {
  const tests = cases.map((one) => ({
    healthStatus: { status: one.argo, message: one.message },
    inputPath: inputPath(one),
  }));
  return [
    ...cases.map((one) => ({
      path: `${healthDir(kind)}/${inputPath(one)}`,
      content: yaml({ apiVersion: API_VERSION, kind, ...one.object }),
    })),
    { path: `${healthDir(kind)}/health_test.yaml`, content: yaml({ tests }) },
  ];
}

function configMap(lua: string): string {
  const data = Object.fromEntries(
    Object.keys(HEALTH).map((kind) => [`resource.customizations.health.${GROUP}_${kind}`, lua]),
  );
  return `${YAML_HEADER}# kubectl patch configmap argocd-cm -n argocd --type merge --patch-file manifests/gitops/argocd/argocd-cm.yaml
${stringify({ data }, { lineWidth: 0 })}`;
}
