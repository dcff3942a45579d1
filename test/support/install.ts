import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { findBinaries } from './controlPlane/binaries.ts';
import { readManifests } from './kubeAdmin/manifests.ts';
import type { KubeAdmin, NewObject } from './kubeAdmin.ts';

export const OPERATOR_NAMESPACE = 'drawbridge-system';
export const OPERATOR_ACCOUNT = 'drawbridge';
/** The name by which the audit log knows the operator. */
export const OPERATOR_USER = `system:serviceaccount:${OPERATOR_NAMESPACE}:${OPERATOR_ACCOUNT}`;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The objects of a kustomization of this repository, rendered by kubectl; `path` is relative to the repository. */
export async function renderKustomization(path: string): Promise<readonly NewObject[]> {
  const { kubectl } = await findBinaries();
  if (kubectl === undefined) throw new Error('kubectl is not among the control plane binaries');
  const { stdout } = await promisify(execFile)(kubectl, ['kustomize', `${ROOT}${path}`], { maxBuffer: 64 << 20 });
  return parseAllDocuments(stdout).map((document) => document.toJS() as NewObject);
}

/**
 * Installs what is shipped, but for the Deployment: no node could run it, the tests start the operator themselves, with
 * the ServiceAccount's own token. With the right to label namespaces, unless another kustomization is named.
 */
export async function install(admin: KubeAdmin, path?: string): Promise<void> {
  const objects = await renderKustomization(path ?? 'manifests/base');
  await admin.apply(objects.filter(({ kind }) => kind !== 'Deployment'));
  if (path === undefined) await admin.apply(NAMESPACE_LABELS.flatMap(readManifests));
}

const NAMESPACE_LABELS = ['clusterrole.yaml', 'clusterrolebinding.yaml'].map(
  (file) => `${ROOT}manifests/namespace-labels/${file}`,
);
