import type { AdmissionAction } from '../../api/types.ts';
import type { Refusal } from './policy.ts';
import { MAY_OVERRIDE, OR_OVERRIDE } from './policy.ts';
import { holdersCel, namespaceVariables } from './scope.ts';
import type { AdmissionSource } from './source.ts';

const isOff = (object: string): string =>
  `(has(${object}.automountServiceAccountToken) && ${object}.automountServiceAccountToken == false)`;

/** The one field that is ours of the ServiceAccount `default`: nobody switches its token on again. */
export const defaultToken = (
  sources: readonly AdmissionSource[],
  action: AdmissionAction,
  ownNamespace: string,
): Refusal => ({
  topic: 'default-token',
  action,
  about: [{ group: '', version: 'v1', resources: ['serviceaccounts'], operations: ['UPDATE'], names: ['default'] }],
  conditions: [{ name: 'token-comes-on', expression: `${isOff('oldObject')} && !${isOff('object')}` }],
  variables: [
    ...namespaceVariables('namespaceObject', sources, ownNamespace),
    { name: 'holders', expression: holdersCel(sources, action) },
    MAY_OVERRIDE,
  ],
  validations: [
    {
      expression: 'variables.holders.size() == 0 || variables.mayOverride',
      say: `'the token of ServiceAccount default is Disabled by SecurityBaseline ' + variables.holders.join(', ') + ': set automountServiceAccountToken in the pods that need it${OR_OVERRIDE}'`,
    },
  ],
});
