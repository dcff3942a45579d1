import Type from 'typebox';
import { celRules, LIST_AS_SET, LIST_AS_WHOLE } from './cel.ts';
import { PodSecurityLevelsSchema } from './podSecurity.ts';

const objectName = Type.String({ maxLength: 512, description: 'The object: its kind, namespace and name.' });

const SelectingLabel = Type.Object(
  {
    key: Type.String({ maxLength: 317, description: 'The label key.' }),
    value: Type.Optional(Type.String({ maxLength: 63, description: 'Its value. Absent means the label was absent.' })),
  },
  { additionalProperties: false, description: 'A label of the namespace that the selector reads.' },
);

const HeldSection = Type.Object(
  {
    section: Type.Enum(['network', 'rbac', 'serviceAccounts', 'podSecurity', 'resources'], {
      description: 'The section of the baseline.',
    }),
    baseline: Type.String({ minLength: 1, maxLength: 253, description: 'The baseline that governs it.' }),
    baselineUid: Type.String({ minLength: 1, maxLength: 64, description: 'The uid of that baseline.' }),
    enforcement: Type.Enum(['Audit', 'Enforce'], { description: 'Whether it is only reported or also enforced.' }),
    held: Type.Optional(
      Type.Boolean({
        description:
          'True when the namespace stays held to this baseline even if its own labels change. Absent for sections that are only audited.',
      }),
    ),
    retained: Type.Optional(
      Type.Boolean({
        description: 'true: the namespace is no longer selected, and still held to it. Absent means false.',
      }),
    ),
    generation: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'The generation of the baseline that the namespace was brought to, where it rolls out in batches. Absent: it does not.',
      }),
    ),
    weakened: Type.Optional(
      Type.Object(
        {
          generation: Type.Integer({ minimum: 1, description: 'The generation of the baseline that took over.' }),
          why: Type.String({ maxLength: 512, description: 'What it asks for that the one before it did not allow.' }),
        },
        {
          additionalProperties: false,
          description: 'Set when this baseline took over from a stricter one. It goes when the baseline is edited.',
        },
      ),
    ),
    levels: Type.Optional(PodSecurityLevelsSchema),
    closed: Type.Optional(
      Type.Array(Type.Enum(['Ingress', 'Egress'], { description: 'A direction of connections to or from pods.' }), {
        maxItems: 2,
        ...LIST_AS_SET,
        description:
          'Directions in which the default deny has stood: preflight delays only a first closing. Absent means none.',
      }),
    ),
    selectedBy: Type.Array(SelectingLabel, {
      maxItems: 64,
      ...LIST_AS_WHOLE,
      description: 'The labels by which the namespace was selected, as they were then.',
    }),
  },
  { additionalProperties: false, description: 'A section that the namespace is held to.' },
);

const ReportedFinding = Type.Object(
  {
    baseline: Type.String({ maxLength: 253, description: 'The baseline that the finding is about.' }),
    control: Type.String({ maxLength: 64, description: 'The control that found it.' }),
    check: Type.String({ maxLength: 32, description: 'The check that failed, such as SB-NET-001.' }),
    severity: Type.Enum(['critical', 'high', 'medium', 'low'], { description: 'How bad it is.' }),
    result: Type.Enum(['fail', 'warn', 'unknown', 'waived'], {
      description:
        'fail: it breaks the baseline. warn: it does not yet. unknown: it could not be observed. waived: a waiver exempts it.',
    }),
    object: objectName,
    reason: Type.String({ maxLength: 128, description: 'What is wrong, in one PascalCase word.' }),
    message: Type.String({ maxLength: 1024, description: 'What is wrong, in a sentence for people.' }),
    waiver: Type.Optional(
      Type.String({ maxLength: 253, description: 'The BaselineWaiver that exempts it. Absent means none.' }),
    ),
  },
  { additionalProperties: false, description: 'Something that is wrong, or unknown.' },
);

const Layer = Type.Object(
  {
    layer: Type.Enum(['network', 'rbac', 'serviceAccounts', 'podSecurity', 'resources', 'audit'], {
      description: 'The layer of defence: a section of baselines.',
    }),
    state: Type.Enum(
      ['Enforced', 'Held', 'Audited', 'Suspended', 'Waived', 'Drifted', 'Failed', 'Unknown', 'Declared', 'None'],
      {
        description:
          'Enforced: it stands. Held: it stands, though the namespace is no longer selected. Audited, Suspended: it is only looked at. Waived: a waiver exempts a control of it. Drifted: something in it is wrong. Failed: a write was refused. Unknown: it could not be observed. Declared, of audit: it is asked for; the condition AuditEffective of the baseline says whether it is so. None: no baseline has a say in it.',
      },
    ),
    baseline: Type.Optional(
      Type.String({ maxLength: 253, description: 'The baseline that governs it. Absent means none does.' }),
    ),
    waiver: Type.Optional(
      Type.String({ maxLength: 253, description: 'The waiver that exempts a control of it. Absent means none.' }),
    ),
    shadows: Type.Optional(
      Type.Array(Type.String({ maxLength: 253, description: 'A baseline.' }), {
        maxItems: 4,
        ...LIST_AS_WHOLE,
        description: 'Baselines that would govern it and only look, at most 4. Absent means none.',
      }),
    ),
  },
  { additionalProperties: false, description: 'A layer of defence, and whether it stands.' },
);

const AppliedWaiver = Type.Object(
  {
    waiver: Type.String({ minLength: 1, maxLength: 253, description: 'The BaselineWaiver.' }),
    waiverUid: Type.String({ minLength: 1, maxLength: 64, description: 'Its uid.' }),
    controls: Type.Array(Type.String({ maxLength: 64, description: 'A control.' }), {
      maxItems: 33,
      ...LIST_AS_WHOLE,
      description: 'What it waives.',
    }),
    until: Type.String({ format: 'date-time', description: 'When it ends.' }),
    objects: Type.Optional(
      Type.Array(
        Type.Object(
          {
            kind: Type.String({ maxLength: 63, description: 'The kind of the object.' }),
            name: Type.String({ maxLength: 253, description: 'The name of the object.' }),
            content: Type.Optional(
              Type.String({
                maxLength: 64,
                description:
                  'The SHA-256 of what it held when it was first seen. Absent means that it was never there.',
              }),
            ),
            changed: Type.Optional(
              Type.Boolean({
                description: 'true: it holds something else by now, and is not waived. Absent means false.',
              }),
            ),
          },
          { additionalProperties: false, description: 'An object that the waiver names.' },
        ),
        {
          maxItems: 32,
          ...LIST_AS_WHOLE,
          description: 'The objects that it is for. Absent means that the controls are waived whole.',
        },
      ),
    ),
  },
  { additionalProperties: false, description: 'A waiver that holds in the namespace.' },
);

const LastDrift = Type.Object(
  {
    object: objectName,
    change: Type.Enum(['deleted', 'modified', 'missing'], {
      description: 'deleted and modified were seen to happen; missing was found.',
    }),
    fields: Type.Array(Type.String({ maxLength: 256, description: 'The path of a field.' }), {
      maxItems: 8,
      ...LIST_AS_WHOLE,
      description: 'The fields that differed, at most 8.',
    }),
    manager: Type.String({
      maxLength: 128,
      description: 'The field manager that wrote last, as it calls itself: a claim, no proof. Empty means unknown.',
    }),
    user: Type.Optional(
      Type.String({
        maxLength: 128,
        description:
          'The user who did it, by the audit log. Absent means unknown: no receiver is connected, or its event has not come.',
      }),
    ),
    at: Type.String({ format: 'date-time', description: 'When the drift was seen.' }),
    repairedInMs: Type.Optional(
      Type.Number({
        minimum: 0,
        description:
          'Milliseconds from the watch event to the acknowledged repair. Absent means that it was not repaired.',
      }),
    ),
  },
  { additionalProperties: false, description: 'The last drift in the namespace. Absent means none was seen.' },
);

const TOLD_HASH = { minLength: 16, maxLength: 16 } as const;

const Further = Type.Object(
  {
    keys: Type.Array(
      Type.String({ ...TOLD_HASH, description: 'The hash of a finding: its control, reason, object.' }),
      {
        maxItems: 200,
        ...LIST_AS_WHOLE,
        description: 'One hash for each finding beyond those in findings, at most 200.',
      },
    ),
    rest: Type.Optional(
      Type.String({
        ...TOLD_HASH,
        description: 'One hash for all findings beyond these. Absent means there are none.',
      }),
    ),
  },
  { additionalProperties: false, description: 'Findings that are not spelled out, so that each is told once.' },
);

/**
 * The durable record of one namespace (DESIGN §2.3, THREATS 14). It has no status subresource: nobody but the operator
 * writes any of it.
 */
export const BaselineReportSchema = Type.Object(
  {
    state: Type.Enum(['Compliant', 'Waived', 'Drifted', 'Failed', 'Unknown'], {
      description:
        'Compliant: nothing is found wrong. Waived: nothing but what waivers exempt. Drifted: something is. Failed: a write was refused. Unknown: it could not be observed.',
    }),
    summary: Type.String({ maxLength: 256, description: 'The state in a sentence.' }),
    sections: Type.Array(HeldSection, {
      maxItems: 16,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['section'],
      description: 'The sections that the namespace is held to, and by which baseline.',
    }),
    layers: Type.Optional(
      Type.Array(Layer, {
        maxItems: 16,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['layer'],
        description: 'The layers of defence of the namespace. Absent only in reports of older versions.',
      }),
    ),
    waivers: Type.Optional(
      Type.Array(AppliedWaiver, {
        maxItems: 32,
        ...LIST_AS_WHOLE,
        description: 'The waivers that hold here, by name, at most 32; further ones do not hold. Absent means none.',
      }),
    ),
    findings: Type.Optional(
      Type.Array(ReportedFinding, {
        maxItems: 20,
        ...LIST_AS_WHOLE,
        description: 'What is wrong, worst first, at most 20. Absent means nothing.',
      }),
    ),
    further: Type.Optional(Further),
    lastDrift: Type.Optional(LastDrift),
  },
  {
    additionalProperties: false,
    description:
      'What a namespace is held to, and how it stands. Written by the operator alone; one per governed namespace, named drawbridge.',
    ...celRules({
      rule: "self.metadata.name == 'drawbridge'",
      message: 'a namespace has one BaselineReport, named drawbridge',
    }),
  },
);
