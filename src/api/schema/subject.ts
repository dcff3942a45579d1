import Type from 'typebox';
import type { CelRule } from './cel.ts';
import { celRules } from './cel.ts';

const LABEL_KEY = '([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?';
const PARAMETER = `[$][(]namespace[.](name|labels[.]${LABEL_KEY})[)]`;

/**
 * A name of the system's own would hand a namespace to, say, everybody (system:authenticated). Who writes the label
 * chooses the rest of a templated name, so its beginning is fixed, and can not be completed to `system:` (THREATS 12).
 */
const SUBJECT_RULES: readonly CelRule[] = [
  {
    rule: "!has(self.__namespace__) || self.kind == 'ServiceAccount'",
    // `namespace` is a reserved word of CEL; unescaped it does not compile on Kubernetes 1.31 [run].
    message: 'only a ServiceAccount has a namespace: remove it, or write kind: ServiceAccount',
  },
  {
    rule: "self.kind == 'ServiceAccount' || !self.name.startsWith('system:')",
    message:
      'system: names belong to Kubernetes and are not handed rights: name a user or group of your own, or write a ServiceAccount as kind, name and namespace',
  },
  {
    rule: "self.kind != 'ServiceAccount' || self.name.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')",
    message:
      'write the plain name of a ServiceAccount, in lower case and without $(…); without a namespace it is one of the governed namespace',
  },
  {
    rule: `self.kind == 'ServiceAccount' || (!self.name.contains('{{') && (!self.name.matches('[$][({]') || self.name.matches('^([^$]|${PARAMETER})*$')))`,
    message: 'the only parameters are $(namespace.name) and $(namespace.labels.KEY)',
  },
  {
    rule: "self.kind == 'ServiceAccount' || !self.name.contains('$(') || (self.name.indexOf('$(') >= 3 && !self.name.matches('^(sys|syst|syste|system)[$][(]'))",
    message:
      'a name with a parameter starts with at least 3 characters of its own that cannot become system:, such as team-$(namespace.labels.team)',
  },
];

export const SubjectSchema = Type.Object(
  {
    kind: Type.Enum(['User', 'Group', 'ServiceAccount'], { description: 'What `name` is the name of.' }),
    name: Type.String({
      minLength: 1,
      maxLength: 253,
      description:
        'The name. For User and Group it may hold `$(namespace.name)` and `$(namespace.labels.KEY)`, after at least 3 characters of its own. Who writes the label chooses the subject; without the label the binding is left out, with a finding.',
    }),
    namespace: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 63,
        pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
        description: 'The namespace of a ServiceAccount. Absent means the governed namespace.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'Who is bound: a user, a group or a ServiceAccount.',
    ...celRules(...SUBJECT_RULES),
  },
);
