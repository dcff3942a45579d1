import Type from 'typebox';
import { BaselineWaiverStatusSchema } from './baselineWaiverStatus.ts';
import { celRules, LIST_AS_SET } from './cel.ts';
import { WaivableControl } from './controlId.ts';
import { WaivedNamespace } from './name.ts';

const WaivedObject = Type.Object(
  {
    kind: Type.String({
      minLength: 1,
      maxLength: 63,
      description: 'The kind of the object, such as NetworkPolicy.',
      ...celRules({
        rule: "self.matches('^[A-Z][A-Za-z0-9]*$')",
        message: 'write a kind as Kubernetes spells it, such as NetworkPolicy or RoleBinding',
      }),
    }),
    name: Type.String({
      minLength: 1,
      maxLength: 253,
      description: 'The name of the object, whole.',
      ...celRules({
        rule: "!self.contains('*') && !self.contains('?')",
        message: 'objects are named one by one: write the whole name, without * or ?',
      }),
    }),
  },
  { additionalProperties: false, description: 'One object, by its exact name.' },
);

export const BaselineWaiverSpecSchema = Type.Object(
  {
    namespaces: Type.Array(WaivedNamespace, {
      minItems: 1,
      maxItems: 64,
      ...LIST_AS_SET,
      description: 'The namespaces, by name or pattern.',
    }),
    controls: Type.Array(WaivableControl, {
      minItems: 1,
      maxItems: 32,
      ...LIST_AS_SET,
      description:
        'The controls. Without `objects` they write nothing there, and what they wrote is removed. rbac.roles takes rbac.role-bindings with it.',
    }),
    objects: Type.Optional(
      Type.Array(WaivedObject, {
        minItems: 1,
        maxItems: 32,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['kind', 'name'],
        description:
          'Only findings of the controls about these objects are waived, for the content that they have when first seen; the controls stay. Absent means that the controls are waived whole.',
      }),
    ),
    reason: Type.String({
      minLength: 10,
      maxLength: 1024,
      description: 'Why, in at least 10 characters.',
      ...celRules({
        rule: 'self.trim().size() >= 10',
        message: 'say in at least 10 characters why this is needed, for whoever reads it in a year',
      }),
    }),
    approvedBy: Type.String({
      minLength: 1,
      maxLength: 128,
      description: 'Who approved it, as the writer of the waiver says: a claim, no proof.',
    }),
    ticket: Type.Optional(
      Type.String({ minLength: 1, maxLength: 256, description: 'Where it was discussed. Absent means nowhere.' }),
    ),
    expiresAt: Type.String({
      format: 'date-time',
      description:
        'When it ends and the controls come back by themselves, at most 366 days after the waiver was made; a longer one is Refused and waives nothing.',
    }),
  },
  { additionalProperties: false, description: 'What is waived, where, why, and until when.' },
);

export const BaselineWaiverSchema = Type.Object(
  { spec: BaselineWaiverSpecSchema, status: Type.Optional(BaselineWaiverStatusSchema) },
  {
    additionalProperties: false,
    description:
      'An exemption of namespaces from controls, until a day. Whoever may write it can open these namespaces: that right is like cluster-admin.',
  },
);
