import type { Lint } from '../lint.ts';
import { explain } from '../match.ts';
import { requestOf } from '../witness.ts';

const NEW_KIND = { group: 'example.com', resource: 'widgets', subresource: '' };

export const noCatchAll: Lint = {
  id: 'no-catch-all',
  severity: 'warning',
  summary: 'What no rule matches is not recorded, and kinds that are installed later are such.',
  check: (policy) => {
    if (explain(policy, requestOf('create', NEW_KIND)).rule !== undefined) return [];
    const message =
      'no rule matches a kind of which the policy does not know, and nothing is recorded of it: end with "- level: Metadata"';
    return [{ path: 'rules', message }];
  },
};
