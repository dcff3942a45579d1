import Type from 'typebox';
import { celRules, LIST_AS_WHOLE } from './cel.ts';
import { sectionEnforcement } from './enforcement.ts';

const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'] as const;

/** kube-apiserver compares words as they are: a star among them matches nothing, and nobody is told. */
const word = (what: string, maxLength: number, instead: string) =>
  Type.String({
    minLength: 1,
    maxLength,
    description: what,
    ...celRules({ rule: "self != '*'", message: instead }),
  });

const words = (item: Type.TString, maxItems: number, description: string) =>
  Type.Optional(Type.Array(item, { minItems: 1, maxItems, ...LIST_AS_WHOLE, description }));

const AuditedResources = Type.Object(
  {
    group: Type.String({
      maxLength: 253,
      description: 'An API group without its version; `""` is the core group.',
      ...celRules({
        rule: "!self.contains('/') && self != '*'",
        message: 'write the API group without its version: apps instead of apps/v1, "" for the core group',
      }),
    }),
    resources: words(
      Type.String({
        minLength: 1,
        maxLength: 127,
        description: 'A resource in the plural, `pods/exec`, `pods/*` or `*`; `pods` is not `pods/exec`.',
        ...celRules({
          rule: 'self == self.lowerAscii()',
          message: 'write a resource in lower case and plural: pods instead of Pod',
        }),
      }),
      32,
      'Resources and subresources. Absent means all of the group.',
    ),
    resourceNames: words(
      word(
        'The name of an object.',
        253,
        'an object name is compared as it is: leave resourceNames out for all objects',
      ),
      32,
      'Objects by name; a create has none yet. Absent means all.',
    ),
  },
  {
    additionalProperties: false,
    description: 'Resources of one API group.',
    ...celRules({
      rule: '!has(self.resourceNames) || has(self.resources)',
      message: 'resourceNames needs resources beside it: name those that the names are of',
    }),
  },
);

/** A misspelt field is dropped before this is checked, and a rule that quietens would quieten more (THREATS 8). */
const WRITTEN_OUT = [
  'has(self.verbs) && (has(self.nonResourceURLs)',
  'has(self.resources) && (has(self.users) || has(self.userGroups)) && self.resources.all(g, has(g.resources)))',
].join(' || ');
const WRITE_OUT =
  'a rule of level None is written out: verbs, users or userGroups, and resources by name, or verbs and nonResourceURLs';

const AuditedRule = Type.Object(
  {
    level: Type.Enum([...LEVELS], {
      description:
        'How much of a request is recorded: nothing; who asked for what and what became of it; what was sent too; what was answered too.',
    }),
    users: words(
      word('A user name.', 512, 'a user name is compared as it is: leave users out for everybody'),
      32,
      'Who authenticated; never whom they impersonate. Absent means everybody.',
    ),
    userGroups: words(
      word('A group name.', 512, 'a group name is compared as it is: leave userGroups out for everybody'),
      32,
      'Groups of who authenticated, any of them. Absent means everybody.',
    ),
    verbs: words(
      word('A verb in lower case, such as get.', 63, 'a verb is compared as it is: leave verbs out for all of them'),
      16,
      'Verbs. Absent means all.',
    ),
    resources: Type.Optional(
      Type.Array(AuditedResources, {
        minItems: 1,
        maxItems: 16,
        ...LIST_AS_WHOLE,
        description: 'Resources, any of them. Absent means requests of every kind.',
      }),
    ),
    nonResourceURLs: words(
      Type.String({
        minLength: 1,
        maxLength: 253,
        description: 'A path such as /healthz, /healthz* or `*`.',
        ...celRules({
          rule: "self == '*' || self.startsWith('/')",
          message: 'write a path that begins with a slash, such as /healthz or /healthz*',
        }),
      }),
      32,
      'Paths that are no resources, any of them. Absent means requests of every kind.',
    ),
  },
  {
    additionalProperties: false,
    description:
      'Requests, and the level they are recorded at. The order of rules means nothing: of all that match, the highest level holds.',
    ...celRules(
      {
        rule: '!has(self.nonResourceURLs) || !has(self.resources)',
        message: 'a rule is about resources or about nonResourceURLs: make it two rules',
      },
      { rule: `self.level != 'None' || (${WRITTEN_OUT})`, message: WRITE_OUT },
    ),
  },
);

/**
 * What a baseline asks of the audit policy of the API servers. It has no namespaces: a rule for a namespace would miss
 * requests for all of them, and restart API servers at each new one (THREATS 22).
 */
export const AuditSchema = Type.Object(
  {
    enforcement: Type.Optional(sectionEnforcement),
    level: Type.Enum([...LEVELS], {
      description:
        'For requests that no rule is about. Changes of baselines, RBAC, admission and namespaces are recorded at Metadata or above, contents of secrets and tokens never, whatever is asked for.',
    }),
    rules: Type.Optional(
      Type.Array(AuditedRule, {
        maxItems: 48,
        ...LIST_AS_WHOLE,
        description: 'Requests that are recorded at another level. Absent means none.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'The audit policy of the API servers, whatever the baseline selects: the sections of all baselines that enforce are joined, and the highest level holds. Absent means the baseline has no say in it.',
  },
);
