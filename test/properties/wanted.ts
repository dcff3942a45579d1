import type { NetworkSpec, RbacSpec, ResourcesSpec } from '../../src/api/types.ts';
import { controls } from '../../src/controls/index.ts';
import type { Wanted } from '../../src/core/control/control.ts';
import { viewOf } from '../../src/core/control/view.ts';
import type { Facts } from '../../src/core/facts/facts.ts';
import type { KubeObject, Labels } from '../../src/k8s/object.ts';
import type { ObjectIndex } from '../../src/k8s/objectIndex.ts';
import { namespaceEntry } from '../support/build.ts';
import { createIndex } from '../support/buildIndex.ts';
import type { PolicySpec } from '../support/model/traffic.ts';

/** What all controls of a section want in the namespace payments. */
export function wantedOf(
  section: { readonly network: NetworkSpec } | { readonly rbac: RbacSpec } | { readonly resources: ResourcesSpec },
  facts: Facts,
  labels: Labels = {},
  index: ObjectIndex = createIndex(),
): readonly Wanted[] {
  const view = viewOf(index, namespaceEntry('payments', labels), facts);
  return controls.flatMap((control) => {
    const spec = (section as Readonly<Record<string, unknown>>)[control.section];
    return spec === undefined ? [] : control.build(spec as never, view).wanted;
  });
}

/** The NetworkPolicies that a network section wants in a namespace that has none. */
export const policiesOf = (network: NetworkSpec, facts: Facts): readonly PolicySpec[] =>
  wantedOf({ network }, facts).map(({ body }) => body.spec);

/** The NetworkPolicies among objects. */
export const policiesIn = (objects: readonly KubeObject[]): readonly PolicySpec[] =>
  objects.filter(({ kind }) => kind === 'NetworkPolicy').map(({ spec }) => spec);
