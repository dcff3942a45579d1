import { SECURITY_BASELINE } from '../../api/names.ts';
import { selectorKeys } from '../../core/govern/baseline.ts';
import { isSystemNamespace } from '../../core/govern/systemNamespaces.ts';
import type { BaselineBody } from '../../core/model/bodies.ts';
import type { Entry } from '../../k8s/entry.ts';
import { grouped } from '../../k8s/grouped.ts';
import type { ManifestDocument } from '../files/documents.ts';
import { ownResult } from '../findings/documentResults.ts';
import type { Result } from '../format/report.ts';
import { DEFAULT_NAMESPACE, manifestObject, NAME_LABEL } from '../world/manifestObject.ts';
import type { World, WorldFlags } from '../world/world.ts';

/** Objects in a namespace of which nobody said whether a baseline selects it: that none governs it there may be an error. */
export function unknownLabels(
  world: World,
  documents: readonly ManifestDocument[],
  { namespace: given, namespaceLabels, operatorNamespace }: WorldFlags,
): readonly Result[] {
  const baselines = [...world.index.ofKind(SECURITY_BASELINE.kind)] as readonly Entry<BaselineBody>[];
  const isByLabels = baselines.some(({ body }) => selectorKeys(body.spec).some((key) => key !== NAME_LABEL));
  if (!isByLabels) return [];
  const isKnown = (name: string): boolean =>
    (name === given && namespaceLabels !== undefined) ||
    isSystemNamespace(name, operatorNamespace) ||
    world.documentOf({ kind: 'Namespace', namespace: '', name }) !== undefined;
  const namespaceOf = (one: ManifestDocument): string =>
    manifestObject(one, given ?? DEFAULT_NAMESPACE)?.object.metadata.namespace ?? '';
  const byNamespace = grouped(documents, namespaceOf);
  return world.namespaces
    .filter(({ name }) => !isKnown(name))
    .flatMap(({ name }) => {
      const [first] = byNamespace.get(name) ?? [];
      return first === undefined
        ? []
        : [ownResult(first, 'NamespaceLabelsUnknown', 'metadata.namespace', labelsUnknown(name))];
    });
}

const labelsUnknown = (name: string): string =>
  `the labels of namespace ${name} are not known, and baselines select by them: add its manifest, or write -n ${name} --namespace-labels KEY=VALUE`;
