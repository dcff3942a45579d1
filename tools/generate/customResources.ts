import { BASELINE_REPORT, BASELINE_WAIVER, SECURITY_BASELINE } from '../../src/api/names.ts';
import { BaselineReportSchema } from '../../src/api/schema/baselineReport.ts';
import { BaselineWaiverSchema } from '../../src/api/schema/baselineWaiver.ts';
import { SecurityBaselineSchema } from '../../src/api/schema/securityBaseline.ts';
import type { KindInfo } from '../../src/k8s/kind.ts';
import type { JsonSchema } from './structural.ts';

export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'date' | 'integer';
  readonly jsonPath: string;
  readonly description: string;
  /** 1 shows the column with `-o wide` only. */
  readonly priority?: 1;
}

/** Everything a CRD says about a kind beside its schema. */
export interface CustomResource {
  readonly kind: KindInfo;
  readonly shortName: string;
  readonly schema: JsonSchema;
  /** With a status subresource, whoever may write the spec may not thereby write the status. */
  readonly statusSubresource: boolean;
  readonly columns: readonly PrinterColumn[];
}

/** TypeBox keeps a schema's keywords as plain properties; what is its own is hidden, and does not survive this. */
const asJson = (schema: object): JsonSchema => JSON.parse(JSON.stringify(schema));

const condition = (type: string, field: string) => `.status.conditions[?(@.type=="${type}")].${field}`;

const AGE: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'Time since it was created.',
};

const text = (name: string, jsonPath: string, description: string): PrinterColumn => ({
  name,
  type: 'string',
  jsonPath,
  description,
});

export const CUSTOM_RESOURCES: readonly CustomResource[] = [
  {
    kind: SECURITY_BASELINE,
    shortName: 'sbl',
    schema: asJson(SecurityBaselineSchema),
    statusSubresource: true,
    columns: [
      text('Enforcement', '.spec.enforcement', 'Audit or Enforce.'),
      text('Ready', condition('Ready', 'status'), 'Whether the baseline was applied everywhere.'),
      text('Compliant', condition('Compliant', 'status'), 'Whether nothing is found wrong.'),
      text('Namespaces', '.status.summary', 'Compliant of governed namespaces.'),
      AGE,
      { ...text('Reason', condition('Ready', 'reason'), 'Why it is or is not ready.'), priority: 1 },
      { ...text('Message', condition('Ready', 'message'), 'Why, in a sentence.'), priority: 1 },
      { ...text('Found', condition('Compliant', 'message'), 'What is found, in a sentence.'), priority: 1 },
    ],
  },
  {
    kind: BASELINE_WAIVER,
    shortName: 'blw',
    schema: asJson(BaselineWaiverSchema),
    statusSubresource: true,
    columns: [
      text('State', '.status.state', 'Active, Inert, Expired or Refused.'),
      { ...text('Namespaces', '.status.matched', 'In how many namespaces it waives something.'), type: 'integer' },
      text('Controls', '.spec.controls', 'What it waives.'),
      // As a date it would be shown as an age, which kubectl has none of for what is to come.
      text('Expires', '.spec.expiresAt', 'When it ends.'),
      AGE,
      { ...text('Approved by', '.spec.approvedBy', 'Who approved it, as the waiver claims.'), priority: 1 },
      { ...text('Message', condition('Ready', 'message'), 'The state in a sentence.'), priority: 1 },
    ],
  },
  {
    kind: BASELINE_REPORT,
    shortName: 'blr',
    schema: asJson(BaselineReportSchema),
    statusSubresource: false,
    columns: [
      text('State', '.state', 'Compliant, Waived, Drifted, Failed or Unknown.'),
      text('Summary', '.summary', 'The state in a sentence.'),
      text('Last drift', '.lastDrift.object', 'What drifted last.'),
      AGE,
      { ...text('Change', '.lastDrift.change', 'What had happened to it.'), priority: 1 },
      { ...text('Since', '.lastDrift.at', 'Time since that was seen.'), type: 'date', priority: 1 },
      {
        ...text('Writer', '.lastDrift.manager', 'What its last writer calls itself; empty where it was deleted.'),
        priority: 1,
      },
    ],
  },
];
