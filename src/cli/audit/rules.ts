import { LINTS } from '../../audit/lintPolicy.ts';
import type { Rule } from '../format/report.ts';

/** What is found before there is a policy to lint. */
const OWN = {
  unreadable: 'What may be an audit policy or a baseline cannot be read at all.',
  'invalid-policy': 'An API server would end over the policy, or take it for another one than it seems to be.',
  'invalid-section': 'An API server would refuse the audit section of the baseline, or drop a part of it.',
  'too-many': 'More is wrong with one policy or section than is shown.',
  'too-large': 'A policy of this size costs an API server too much, which looks through it for every request.',
} as const;

export type OwnRule = keyof typeof OWN | 'several-documents';

/** All that `audit lint` can find. */
export const AUDIT_RULES: readonly Rule[] = [
  ...Object.entries(OWN).map(([id, summary]): Rule => ({ id, severity: 'error', summary })),
  {
    id: 'several-documents',
    severity: 'warning',
    summary: 'The file of a policy holds other documents too, and an API server reads the first alone.',
  },
  ...LINTS.map(({ id, severity, summary }): Rule => ({ id, severity, summary })),
];
