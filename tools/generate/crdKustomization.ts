import { CUSTOM_RESOURCES } from './customResources.ts';
import type { Generator } from './generator.ts';
import { YAML_HEADER } from './generator.ts';

/**
 * Lets manifests/base take in the CRDs, which lie outside of it: kustomize reads foreign directories, not foreign files.
 * The file has no extension, so that what applies every YAML file of the directory passes it by.
 */
export const crdKustomizationGenerator: Generator = {
  name: 'crd-kustomization',
  files: async () => [
    {
      path: 'crds/Kustomization',
      content: `${YAML_HEADER}apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
${CUSTOM_RESOURCES.map(({ kind }) => `- ${kind.group}_${kind.plural}.yaml\n`).join('')}`,
    },
  ],
};
