import Type from 'typebox';
import { celRules } from './cel.ts';
import { sectionEnforcement } from './enforcement.ts';

const levelOf = (description: string) => Type.Enum(['privileged', 'baseline', 'restricted'], { description });

const level = (description: string) => Type.Optional(levelOf(description));

export const PodSecuritySchema = Type.Object(
  {
    enforcement: Type.Optional(sectionEnforcement),
    enforce: level(
      'The level that pods must meet to be let in. A stricter one that the namespace has stays. Absent means that the label is left alone.',
    ),
    audit: level('The level whose violations the audit log tells of. Absent means that the label is left alone.'),
    warn: level('The level whose violations clients are warned of. Absent means that the label is left alone.'),
    version: Type.Optional(
      Type.String({
        maxLength: 16,
        description:
          'The version of the levels: latest, or v1.N. Absent means latest, which moves with the API server.',
        ...celRules({
          rule: "self.matches('^(latest|v1[.]([0-9]|[1-9][0-9]{1,2}))$')",
          message: 'write the version as latest, or as v1.N, such as v1.36',
        }),
      }),
    ),
    onViolation: Type.Optional(
      Type.Enum(['Hold', 'Raise'], {
        description:
          'Hold: enforce is not raised for the first time while workloads would break; the findings say which and why, and it is raised by itself when they are right. Raise: it is raised anyway. Absent means Hold.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'The Pod Security Standards of each governed namespace, by its labels. Absent means the baseline has no say in it.',
    ...celRules(
      {
        rule: 'has(self.enforce) || has(self.audit) || has(self.warn)',
        message: 'the section declares nothing: write enforce, audit or warn, or remove podSecurity',
      },
      {
        rule: 'has(self.enforce) || !has(self.onViolation)',
        message: 'onViolation is about raising enforce: write enforce, or leave onViolation out',
      },
    ),
  },
);

const grade = { level: levelOf('The level.') };
const version = Type.String({ maxLength: 16, description: 'The version, as the label says it.' });

const mode = (description: string) =>
  Type.Optional(
    Type.Object(
      {
        ...grade,
        version,
        before: Type.Optional(
          Type.Object(
            { ...grade, version: Type.Optional(version) },
            {
              additionalProperties: false,
              description: 'What was there before, and comes back on release. Absent means nothing was.',
            },
          ),
        ),
      },
      { additionalProperties: false, description },
    ),
  );

/** What a namespace was raised to once, so that it is put back whatever runs (THREATS 13). */
export const PodSecurityLevelsSchema = Type.Object(
  {
    enforce: mode('What is enforced. Absent means that it was not raised yet.'),
    audit: mode('What is audited. Absent means nothing.'),
    warn: mode('What is warned of. Absent means nothing.'),
  },
  { additionalProperties: false, description: 'The Pod Security levels that the namespace has reached.' },
);
