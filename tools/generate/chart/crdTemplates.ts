import { CUSTOM_RESOURCES } from '../customResources.ts';
import type { GeneratedFile } from '../generator.ts';
import type { Read } from './sources.ts';

/**
 * The CRDs as templates. Helm never upgrades what lies in `crds/` of a chart; what is a template is upgraded, and would be
 * deleted with the release, and every baseline with it, were it not kept.
 */
export async function crdTemplates(chart: string, read: Read): Promise<readonly GeneratedFile[]> {
  return Promise.all(
    CUSTOM_RESOURCES.map(async ({ kind }) => {
      const file = `${kind.group}_${kind.plural}.yaml`;
      return { path: `${chart}/templates/crds/${file}`, content: template(await read(`crds/${file}`)) };
    }),
  );
}

const NAME = /^(metadata:\n {2}name: .+\n)/m;

function template(crd: string): string {
  const [comment = '', ...rest] = crd.split('\n');
  const body = rest.join('\n');
  if (!NAME.test(body)) throw new Error('a CRD begins with its name');
  const kept = body
    .replaceAll('{{', '{{ "{{" }}')
    .replace(
      NAME,
      '$1  annotations:\n    helm.sh/resource-policy: keep\n    {{- with .Values.crds.annotations }}\n    {{- toYaml . | nindent 4 }}\n    {{- end }}\n',
    );
  return `${comment}\n{{- if .Values.crds.install }}\n${kept}{{- end }}\n`;
}
