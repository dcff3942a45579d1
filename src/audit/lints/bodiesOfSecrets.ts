import type { Lint } from '../lint.ts';
import { explain } from '../match.ts';
import type { AuditPolicy, Level } from '../policy.ts';
import type { Deed, Target } from '../witness.ts';
import { deedsFor, describeRequest, isDecidedBy } from '../witness.ts';

/** By what a secret gets into the log: in what is sent (Request), or in the answer (RequestResponse). */
interface Leak {
  readonly target: Target;
  readonly sent: readonly string[];
  readonly answered: readonly string[];
}

const target = (group: string, resource: string, subresource = ''): Target => ({ group, resource, subresource });
const SENT = ['create', 'update', 'patch'];
/** A watch's objects are not recorded at any level, and the answer to a delete is a status. */
const ANSWERED = ['get', 'list', 'deletecollection'];
const LEAKS: readonly Leak[] = [
  { target: target('', 'secrets'), sent: SENT, answered: ANSWERED },
  { target: target('', 'configmaps'), sent: SENT, answered: ANSWERED },
  { target: target('', 'serviceaccounts', 'token'), sent: [], answered: ['create'] },
  { target: target('authentication.k8s.io', 'tokenreviews'), sent: ['create'], answered: [] },
];

const verbsOf = ({ sent, answered }: Leak, level: Level): readonly string[] =>
  level === 'RequestResponse' ? [...sent, ...answered] : level === 'Request' ? sent : [];

/** Only the last event of a request carries them. */
const hasBodies = (policy: AuditPolicy, deed: Deed): boolean =>
  deed.every((one) => explain(policy, one).stages.includes('ResponseComplete'));

export const bodiesOfSecrets: Lint = {
  id: 'bodies-of-secrets',
  severity: 'error',
  summary: 'Contents of Secrets, ConfigMaps or tokens go into the log: a level above Metadata is in force for them.',
  check: (policy) =>
    policy.rules.flatMap((rule, index) => {
      const seen = LEAKS.flatMap((leak) => {
        const deeds = deedsFor(rule, verbsOf(leak, rule.level), leak.target);
        const [request] = deeds.find((deed) => isDecidedBy(policy, deed, index) && hasBodies(policy, deed)) ?? [];
        return request === undefined ? [] : [describeRequest(request)];
      });
      if (seen.length === 0) return [];
      const message = `it records the bodies of ${seen.join(', ')}: put a rule before it with level Metadata for secrets, configmaps, serviceaccounts/token and tokenreviews`;
      return [{ path: `rules[${index}].level`, message }];
    }),
};
