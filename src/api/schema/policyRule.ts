import Type from 'typebox';
import { celRules, LIST_AS_WHOLE } from './cel.ts';

const ApiGroup = Type.String({
  maxLength: 253,
  description: 'An API group without its version; `""` is the core group.',
  ...celRules(
    { rule: "!self.contains('*')", message: 'name each API group: * would also grant what is installed later' },
    {
      rule: "!self.contains('/') && !(self in ['core', 'v1'])",
      message: 'write the group without its version: apps instead of apps/v1, and "" for the core group',
    },
  ),
});

const Resource = Type.String({
  minLength: 1,
  maxLength: 127,
  description: 'A resource in the plural, such as pods; a subresource as pods/log.',
  ...celRules(
    {
      rule: "!self.contains('*')",
      message: 'name each resource and subresource: * would also grant what is added later',
    },
    { rule: 'self == self.lowerAscii()', message: 'write the resource in lower case and plural: pods instead of Pod' },
  ),
});

const Verb = Type.String({
  minLength: 1,
  maxLength: 63,
  description: 'A verb, such as get. `*`, bind, escalate and impersonate are refused.',
  ...celRules(
    {
      rule: "!self.contains('*') && !(self in ['bind', 'escalate']) && !self.startsWith('impersonate')",
      message:
        'a baseline never grants *, bind, escalate or impersonate: list the verbs that are needed, such as get, list, watch',
    },
    { rule: 'self == self.lowerAscii()', message: 'write the verb in lower case, such as get' },
  ),
});

/**
 * Writing one of these would let a namespace's users take the baseline itself apart: its denies, its Roles, the labels
 * it selects by, or the baseline (THREATS 9). NetworkPolicies count in any group: other network policy APIs call theirs so.
 */
const PROTECTED = [
  "self.apiGroups.exists(g, g in ['rbac.authorization.k8s.io', 'drawbridge.dev'])",
  "self.resources.exists(r, (r + '/').startsWith('networkpolicies/'))",
  "('' in self.apiGroups && self.resources.exists(r, (r + '/').startsWith('namespaces/')))",
].join(' || ');

const list = (item: Type.TString, maxItems: number, description: string) =>
  Type.Array(item, { minItems: 1, maxItems, ...LIST_AS_WHOLE, description });

export const PolicyRuleSchema = Type.Object(
  {
    apiGroups: list(ApiGroup, 16, 'API groups of the resources; `""` is the core group.'),
    resources: list(Resource, 32, 'Resources and subresources that may be used.'),
    verbs: list(Verb, 16, 'What may be done with them.'),
    resourceNames: Type.Optional(
      Type.Array(
        Type.String({
          minLength: 1,
          maxLength: 253,
          description: 'The name of an object.',
          ...celRules({
            rule: "self != '*'",
            message: 'names are compared as they are: leave resourceNames out for all objects',
          }),
        }),
        { maxItems: 32, ...LIST_AS_WHOLE, description: 'Objects the rule is limited to. Absent or empty means all.' },
      ),
    ),
  },
  {
    additionalProperties: false,
    description:
      'Rights of a Role. It is written only as far as the ClusterRole `drawbridge-grantable` covers it; what is not covered is left out, with a finding.',
    ...celRules({
      rule: `self.verbs.all(v, v in ['get', 'list', 'watch']) || !(${PROTECTED})`,
      message:
        'a baseline grants no write on namespaces, networkpolicies, or anything in rbac.authorization.k8s.io and drawbridge.dev: whoever had it could undo the baseline; keep to get, list, watch',
    }),
  },
);
