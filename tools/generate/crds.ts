import { stringify } from 'yaml';
import type { CustomResource } from './customResources.ts';
import { CUSTOM_RESOURCES } from './customResources.ts';
import type { Generator } from './generator.ts';
import { YAML_HEADER } from './generator.ts';
import type { JsonSchema } from './structural.ts';
import { toStructural } from './structural.ts';

export const crdGenerator: Generator = {
  name: 'crds',
  files: async () =>
    CUSTOM_RESOURCES.map((resource) => ({
      path: `crds/${resource.kind.group}_${resource.kind.plural}.yaml`,
      content: YAML_HEADER + stringify(crdOf(resource), { lineWidth: 120, aliasDuplicateObjects: false }),
    })),
};

/** The CustomResourceDefinition of a resource. */
export function crdOf({ kind, shortName, schema, statusSubresource, columns }: CustomResource) {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.plural}.${kind.group}` },
    spec: {
      group: kind.group,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.kind.toLowerCase(),
        shortNames: [shortName],
        categories: ['drawbridge', 'security'],
      },
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          ...(statusSubresource ? { subresources: { status: {} } } : {}),
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: rootOf(schema) },
        },
      ],
    },
  };
}

/** The API server knows these three itself; they are named so that `kubectl explain` shows them. */
function rootOf(schema: JsonSchema): JsonSchema {
  const { properties, ...rest } = toStructural(schema);
  return {
    ...rest,
    properties: {
      apiVersion: { type: 'string', description: 'The version of the API that the object is written in.' },
      kind: { type: 'string', description: 'The kind of the object.' },
      metadata: { type: 'object' },
      ...properties,
    },
  };
}
