import { BASELINE_REPORT, GROUP, VERSION } from '../../api/names.ts';
import type { AdmissionAction } from '../../api/types.ts';
import type { Refusal } from './policy.ts';
import { MAY_OVERRIDE } from './policy.ts';

/** Reports are the durable record of what a namespace is held to (THREATS 14): the operator alone writes them. */
export const reports = (action: AdmissionAction): Refusal => ({
  topic: 'reports',
  action,
  about: [
    {
      group: GROUP,
      version: VERSION,
      resources: [BASELINE_REPORT.plural],
      operations: ['CREATE', 'UPDATE', 'DELETE'],
    },
  ],
  conditions: [],
  variables: [MAY_OVERRIDE],
  validations: [
    {
      expression: 'variables.mayOverride',
      say: "'BaselineReports say what the operator found, and only it writes them: put right what the report names'",
    },
  ],
});

const MAX_LIFE_HOURS = 366 * 24;
const UNCHANGED = "(request.operation == 'UPDATE' && object.spec == oldObject.spec)";

/**
 * A waiver that lives for more than 366 days from its creation (THREATS 16). A CRD's own rules know no creationTimestamp.
 * Whoever may do anything else may not do this: it is about what is written, not about who writes.
 */
export const waivers = (action: AdmissionAction): Refusal => ({
  topic: 'waivers',
  action,
  about: [{ group: GROUP, version: VERSION, resources: ['baselinewaivers'], operations: ['CREATE', 'UPDATE'] }],
  conditions: [{ name: 'has-an-end', expression: 'has(object.spec.expiresAt)' }],
  variables: [],
  validations: [
    {
      expression: `${UNCHANGED} || timestamp(object.spec.expiresAt) - timestamp(object.metadata.creationTimestamp) <= duration('${MAX_LIFE_HOURS}h')`,
      say: "'a waiver lives for at most 366 days from its creation: write an earlier expiresAt, and make a new waiver when it is over'",
    },
  ],
});
