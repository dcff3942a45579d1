import type { NetworkSpec } from '../../api/types.ts';
import type { Built } from '../../core/control/control.ts';
import { defineControl } from '../../core/control/control.ts';
import { perSpec } from '../../core/control/perSpec.ts';
import { ALLOW_SAME_NAMESPACE, sameNamespaceDirections } from './names.ts';
import { policyBody } from './policyBody.ts';
import { closing } from './preflight.ts';

/** All pods of a namespace with each other; a podSelector without a namespaceSelector never leaves the namespace. */
export const allowSameNamespace = defineControl({
  id: 'network.allow-same-namespace',
  section: 'network',
  stage: 'allow',
  summary: 'Allows traffic between the pods of the namespace, in the declared directions that are denied.',
  reads: [],
  writes: ['NetworkPolicy'],
  facts: [],
  build: (spec, view) => built(closing(spec, view), undefined),
});

const SAME_NAMESPACE = [{ podSelector: {} }];

const built = perSpec((spec: NetworkSpec, _: undefined): Built => {
  const policyTypes = sameNamespaceDirections(spec);
  if (policyTypes.length === 0) return { wanted: [] };
  const body = policyBody({
    podSelector: {},
    policyTypes,
    ...(policyTypes.includes('Ingress') ? { ingress: [{ from: SAME_NAMESPACE }] } : {}),
    ...(policyTypes.includes('Egress') ? { egress: [{ to: SAME_NAMESPACE }] } : {}),
  });
  return { wanted: [{ kind: 'NetworkPolicy', name: ALLOW_SAME_NAMESPACE, body }] };
});
