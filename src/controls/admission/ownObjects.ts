import { NAME_PREFIX } from '../../api/names.ts';
import type { AdmissionAction } from '../../api/types.ts';
import type { Refusal } from './policy.ts';
import { MAY_OVERRIDE, OR_OVERRIDE } from './policy.ts';
import { holdersCel, namespaceVariables } from './scope.ts';
import type { AdmissionSource } from './source.ts';

const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE'] as const;
/** What there is of an object before the request, or what it makes: nobody takes the name away by taking labels off. */
const NAME = "(request.operation == 'CREATE' ? object.metadata.name : oldObject.metadata.name)";

/** Objects under the reserved prefix: by their name, never by a label, which anybody may write or take off (THREATS 23). */
export const ownObjects = (
  sources: readonly AdmissionSource[],
  action: AdmissionAction,
  ownNamespace: string,
): Refusal => ({
  topic: 'own-objects',
  action,
  about: [
    { group: 'networking.k8s.io', version: 'v1', resources: ['networkpolicies'], operations: OPERATIONS },
    { group: 'rbac.authorization.k8s.io', version: 'v1', resources: ['roles', 'rolebindings'], operations: OPERATIONS },
    { group: '', version: 'v1', resources: ['resourcequotas', 'limitranges'], operations: OPERATIONS },
  ],
  conditions: [{ name: 'reserved-name', expression: `${NAME}.startsWith('${NAME_PREFIX}')` }],
  variables: [
    ...namespaceVariables('namespaceObject', sources, ownNamespace),
    { name: 'holders', expression: holdersCel(sources, action) },
    { name: 'object', expression: `request.kind.kind + ' ' + ${NAME}` },
    MAY_OVERRIDE,
  ],
  validations: [
    {
      expression: 'variables.holders.size() == 0 || variables.mayOverride',
      say: `variables.object + ' has a name that is reserved for Drawbridge, which holds this namespace: change the SecurityBaseline ' + variables.holders.join(', ') + ' instead${OR_OVERRIDE}'`,
    },
  ],
});
