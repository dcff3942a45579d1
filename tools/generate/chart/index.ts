import { basename } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { VERSION } from '../../../src/version.ts';
import { CUSTOM_RESOURCES } from '../customResources.ts';
import type { GeneratedFile, Generator } from '../generator.ts';
import { GENERATED, YAML_HEADER } from '../generator.ts';
import type { JsonSchema } from '../structural.ts';
import { crdTemplates } from './crdTemplates.ts';
import type { Read, Source } from './sources.ts';
import { reader, sourcesOf } from './sources.ts';
import type { Shipped } from './valuesSchema.ts';
import { valuesSchema } from './valuesSchema.ts';
import { valuesYaml } from './valuesYaml.ts';

/** Where the chart is. */
export const CHART = 'charts/drawbridge';

/**
 * The Helm chart, but for its templates: copies of the manifests, which the templates read, its CRDs, and its values with their
 * schema. `generators`: all others, since what they make is copied.
 */
export const chartGenerator = (generators: readonly Generator[]): Generator => ({
  name: 'chart',
  files: async () => {
    const read = await reader(generators);
    const schema: JsonSchema = JSON.parse(JSON.stringify(valuesSchema(await shippedBy(read))));
    return [
      { path: `${CHART}/Chart.yaml`, content: chartYaml() },
      {
        path: `${CHART}/values.yaml`,
        content: `${YAML_HEADER}# From tools/generate/chart/valuesSchema.ts.\n\n${valuesYaml(schema)}`,
      },
      { path: `${CHART}/values.schema.json`, content: schemaJson(schema) },
      ...(await crdTemplates(CHART, read)),
      ...(await Promise.all((await sourcesOf(read)).map((source) => copyOf(source, read)))),
    ];
  },
});

async function copyOf({ part, path }: Source, read: Read): Promise<GeneratedFile> {
  const content = await read(path);
  const isMarked = content.slice(0, 200).includes(GENERATED);
  const header = isMarked ? '' : `${YAML_HEADER}# A copy of ${path}.\n`;
  return { path: `${CHART}/files/${part}/${basename(path)}`, content: header + content };
}

/** A JSON file has no comments, so its first field says it. */
const schemaJson = (schema: JsonSchema): string =>
  `{ "$comment": "${GENERATED}",\n${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', ...schema }, null, 2).slice(2)}\n`;

const chartYaml = (): string =>
  `${YAML_HEADER}${stringify(
    {
      apiVersion: 'v2',
      name: 'drawbridge',
      description:
        'Holds every selected namespace at a declared security baseline: the operator, its CRDs and its rights.',
      type: 'application',
      version: VERSION,
      appVersion: VERSION,
      kubeVersion: '>=1.31.0-0',
      keywords: ['security', 'networkpolicy', 'rbac', 'audit', 'compliance'],
      annotations: {
        'artifacthub.io/category': 'security',
        'artifacthub.io/license': 'Apache-2.0',
        'artifacthub.io/operator': 'true',
        'artifacthub.io/crds': stringify(
          CUSTOM_RESOURCES.map(({ kind, schema }) => ({
            kind: kind.kind,
            version: kind.version,
            name: kind.plural,
            displayName: kind.kind,
            description: schema.description ?? kind.kind,
          })),
          { lineWidth: 0 },
        ),
      },
    },
    { lineWidth: 0 },
  )}`;

interface Workload {
  readonly kind: string;
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly { readonly resources: object }[] } };
  };
}

async function shippedBy(read: Read): Promise<Shipped> {
  const workload = async (path: string): Promise<Workload> => parse(await read(path));
  const resourcesOf = ({ spec }: Workload): object => spec.template.spec.containers[0]?.resources ?? {};
  const operator = await workload('manifests/base/deployment.yaml');
  const budget = parseAllDocuments(await read('manifests/base/poddisruptionbudget.yaml'))[0]?.toJS();
  return {
    replicas: operator.spec.replicas,
    maxUnavailable: budget.spec.maxUnavailable,
    resources: {
      operator: resourcesOf(operator),
      auditReceiver: resourcesOf(await workload('manifests/audit-receiver/deployment.yaml')),
      auditAgent: resourcesOf(await workload('manifests/audit-agent/daemonset.yaml')),
    },
  };
}
