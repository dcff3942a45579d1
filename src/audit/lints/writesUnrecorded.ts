import { exampleOf } from '../builtinKinds.ts';
import type { Lint } from '../lint.ts';
import type { AuditRule } from '../policy.ts';
import type { Target } from '../witness.ts';
import { deedsFor, describeRequest, isDecidedBy } from '../witness.ts';

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
      const [request] =
        targetsOf(rule)
          .flatMap((target) => deedsFor(rule, WRITES, target))
          .find((deed) => isDecidedBy(policy, deed, index)) ?? [];
      if (request === undefined) return [];
      const message = `nothing is recorded of ${describeRequest(request)}: give the rule the verbs get, list and watch, or level Metadata`;
      return [{ path: `rules[${index}]`, message }];
    }),
};

/** What a rule names, without what is noise and with an example for a star; pods where it names nothing. */
const targetsOf = ({ resources, nonResourceURLs }: AuditRule): readonly Target[] => {
  if (nonResourceURLs.length > 0) return [];
  if (resources.length === 0) return [targetOf('', '*')];
  const named = resources.flatMap(({ group, resources: names }) =>
    (names.length === 0 ? ['*'] : names).map((name) => targetOf(group === '*' ? '' : group, name)),
  );
  return named.filter(({ resource }) => !NOISE.has(resource));
};

function targetOf(group: string, name: string): Target {
  const [resource = '', subresource = ''] = name.split('/');
  return {
    group,
    resource: resource === '*' ? (exampleOf(group) ?? 'objects') : resource,
    subresource: subresource === '*' ? '' : subresource,
  };
}
