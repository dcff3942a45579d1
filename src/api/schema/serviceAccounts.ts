import Type from 'typebox';
import { sectionEnforcement } from './enforcement.ts';

export const ServiceAccountsSchema = Type.Object(
  {
    enforcement: Type.Optional(sectionEnforcement),
    defaultToken: Type.Enum(['Disabled'], {
      description:
        'Disabled: the token of the ServiceAccount `default` is mounted only into pods that ask for it (automountServiceAccountToken).',
    }),
  },
  {
    additionalProperties: false,
    description: 'ServiceAccounts of each governed namespace. Absent means the baseline has no say in it.',
  },
);
