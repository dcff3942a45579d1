import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { API_VERSION, GROUP, SECURITY_BASELINE } from '../../src/api/names.ts';
import type { Generator } from './generator.ts';
import { YAML_HEADER } from './generator.ts';
import type { HealthCase } from './healthCases.ts';
import { HEALTH_CASES } from './healthCases.ts';
import { ROOT } from './stale.ts';

/** As in Argo CD's own repository, so that it can be given there as it is. */
export const HEALTH_DIR = `manifests/gitops/argocd/resource_customizations/${GROUP}/${SECURITY_BASELINE.kind}`;

/** Of Argo CD's health check: what its test reads, and the ConfigMap that gives it to an Argo CD of today. */
export const argoHealthGenerator: Generator = {
  name: 'argo-health',
  files: async () => [
    ...HEALTH_CASES.map((one) => ({ path: `${HEALTH_DIR}/${inputPath(one)}`, content: yaml(manifestOf(one)) })),
    { path: `${HEALTH_DIR}/health_test.yaml`, content: yaml({ tests: HEALTH_CASES.map(testOf) }) },
    { path: 'manifests/gitops/argocd/argocd-cm.yaml', content: await configMap() },
  ],
};

const yaml = (value: unknown): string => YAML_HEADER + stringify(value, { lineWidth: 0 });

const inputPath = ({ name }: HealthCase): string => `testdata/${name}.yaml`;

const testOf = (one: HealthCase) => ({
  healthStatus: { status: one.argo, message: one.message },
  inputPath: inputPath(one),
});

const manifestOf = ({ baseline: { name, uid, generation, createdAt, spec }, status }: HealthCase) => ({
  apiVersion: API_VERSION,
  kind: SECURITY_BASELINE.kind,
  metadata: { name, uid, generation, creationTimestamp: createdAt },
  spec,
  status,
});

async function configMap(): Promise<string> {
  const lua = await readFile(join(ROOT, HEALTH_DIR, 'health.lua'), 'utf8');
  const data = { [`resource.customizations.health.${GROUP}_${SECURITY_BASELINE.kind}`]: lua };
  return `${YAML_HEADER}# kubectl patch configmap argocd-cm -n argocd --type merge --patch-file manifests/gitops/argocd/argocd-cm.yaml
${stringify({ data }, { lineWidth: 0 })}`;
}
