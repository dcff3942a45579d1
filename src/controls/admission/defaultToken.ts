import type { AdmissionAction } from '../../api/types.ts';
import type { Refusal } from './policy.ts';
import { MAY_OVERRIDE, OR_OVERRIDE } from './policy.ts';
import { holdersCel, namespaceVariables } from './scope.ts';
import type { AdmissionSource } from './source.ts';

const isOff = (object: string): string =>
  `(has(${object}.automountServiceAccountToken) && ${object}.automountServiceAccountToken == false)`;

/**
 * The one field that is ours of the ServiceAccount `default`: nobody switches its token on again, nor deletes it, for it
 * is made anew at once, and with a token. Deletions of many have no name but that of each object.
 */
export const defaultToken = (
  sources: readonly AdmissionSource[],
  action: AdmissionAction,
  ownNamespace: string,
): Refusal => ({
  topic: 'default-token',
  action,
  about: [{ group: '', version: 'v1', resources: ['serviceaccounts'], operations: ['UPDATE', 'DELETE'] }],
  conditions: [
    {
      name: 'token-comes-on',
      expression: `oldObject.metadata.name == 'default' && ${isOff('oldObject')} && (request.operation == 'DELETE' || !${isOff('object')})`,
    },
  ],
  variables: [
    ...namespaceVariables('namespaceObject', sources, ownNamespace),
    { name: 'holders', expression: holdersCel(sources, action) },
    MAY_OVERRIDE,
  ],
  validations: [
    {
      expression: 'variables.holders.size() == 0 || variables.mayOverride',
      say: `'the token of ServiceAccount default is Disabled by SecurityBaseline ' + variables.holders.join(', ') + ', and one that is made anew has it: set automountServiceAccountToken in the pods that need it${OR_OVERRIDE}'`,
    },
  ],
});
