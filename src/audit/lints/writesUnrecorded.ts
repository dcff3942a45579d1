import type { Lint } from '../lint.ts';
import { explain } from '../match.ts';
import type { AuditRule } from '../policy.ts';
import type { Target } from '../witness.ts';
import { describeRequest, requestsFor } from '../witness.ts';

const WRITES = ['create', 'update', 'patch', 'delete', 'deletecollection'];
/** Written all the time by the system, and telling nothing of anybody's deeds. */
const NOISE: ReadonlySet<string> = new Set([
  'events',
  'leases',
  'endpoints',
  'endpointslices',
  'tokenreviews',
  'subjectaccessreviews',
  'selfsubjectaccessreviews',
]);

export const writesUnrecorded: Lint = {
  id: 'writes-unrecorded',
  severity: 'warning',
  summary: 'A rule with level None takes in writes, of which nothing is then known.',
  check: (policy) =>
    policy.rules.flatMap((rule, index) => {
      if (rule.level !== 'None') return [];
      const request = targetsOf(rule)
        .flatMap((target) => requestsFor(rule, WRITES, target))
        .find((one) => explain(policy, one).rule === index);
      if (request === undefined) return [];
      const message = `nothing is recorded of ${describeRequest(request)}: give the rule the verbs get, list and watch, or level Metadata`;
      return [{ path: `rules[${index}]`, message }];
    }),
};

/** What a rule names, without what is noise and what a star stands for; pods where it names nothing. */
const targetsOf = ({ resources, nonResourceURLs }: AuditRule): readonly Target[] => {
  if (nonResourceURLs.length > 0) return [];
  const named = resources.flatMap(({ group, resources: names }) =>
    (names.length === 0 ? ['*'] : names).map((name): Target => {
      const [resource = '', subresource = ''] = name.split('/');
      const isStar = resource === '*';
      return {
        group: group === '*' ? '' : group,
        resource: isStar ? 'pods' : resource,
        subresource: subresource === '*' ? '' : subresource,
      };
    }),
  );
  const all: readonly Target[] = resources.length === 0 ? [{ group: '', resource: 'pods', subresource: '' }] : named;
  return all.filter(({ resource }) => !NOISE.has(resource));
};
