import type { Lint, LintContext, LintFinding } from './lint.ts';
import { bodiesOfSecrets } from './lints/bodiesOfSecrets.ts';
import { execUnseen } from './lints/execUnseen.ts';
import { impersonatedOnly } from './lints/impersonatedOnly.ts';
import { nameAtCreate } from './lints/nameAtCreate.ts';
import { noCatchAll } from './lints/noCatchAll.ts';
import { noStages } from './lints/noStages.ts';
import { shadowedRule } from './lints/shadowedRule.ts';
import { starIsNoWildcard } from './lints/starIsNoWildcard.ts';
import { strictWithoutReceived } from './lints/strictWithoutReceived.ts';
import { unknownResource } from './lints/unknownResource.ts';
import { unknownVerb } from './lints/unknownVerb.ts';
import { writesUnrecorded } from './lints/writesUnrecorded.ts';
import { wrongScope } from './lints/wrongScope.ts';
import type { AuditPolicy } from './policy.ts';

/** In the order of what matters to a reader. */
export const LINTS: readonly Lint[] = [
  bodiesOfSecrets,
  starIsNoWildcard,
  unknownVerb,
  nameAtCreate,
  noStages,
  shadowedRule,
  unknownResource,
  wrongScope,
  impersonatedOnly,
  execUnseen,
  writesUnrecorded,
  noCatchAll,
  strictWithoutReceived,
];

/** All that the lints find, in their order. */
export const lintPolicy = (policy: AuditPolicy, context: LintContext = {}): readonly LintFinding[] =>
  LINTS.flatMap(({ id, severity, check }) => check(policy, context).map((found) => ({ id, severity, ...found })));
