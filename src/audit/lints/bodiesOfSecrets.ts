import type { Lint } from '../lint.ts';
import { explain } from '../match.ts';
import type { Target } from '../witness.ts';
import { describeRequest, requestsFor } from '../witness.ts';

const TARGETS: readonly Target[] = [
  { group: '', resource: 'secrets', subresource: '' },
  { group: '', resource: 'configmaps', subresource: '' },
  { group: '', resource: 'serviceaccounts', subresource: 'token' },
  { group: 'authentication.k8s.io', resource: 'tokenreviews', subresource: '' },
];
const VERBS = ['create', 'update', 'patch', 'get', 'list', 'watch', 'delete'];

export const bodiesOfSecrets: Lint = {
  id: 'bodies-of-secrets',
  severity: 'error',
  summary: 'Contents of Secrets, ConfigMaps or tokens go into the log: a level above Metadata is in force for them.',
  check: (policy) =>
    policy.rules.flatMap((rule, index) => {
      if (rule.level !== 'Request' && rule.level !== 'RequestResponse') return [];
      const seen = TARGETS.flatMap((target) => {
        const request = requestsFor(rule, VERBS, target).find((one) => explain(policy, one).rule === index);
        return request === undefined ? [] : [describeRequest(request)];
      });
      if (seen.length === 0) return [];
      const message = `it records the bodies of ${seen.join(', ')}: put a rule before it with level Metadata for secrets, configmaps, serviceaccounts/token and tokenreviews`;
      return [{ path: `rules[${index}].level`, message }];
    }),
};
