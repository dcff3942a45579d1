import Type from 'typebox';
import { ConditionSchema } from './condition.ts';

const Seen = Type.Object(
  {
    generation: Type.Integer({ minimum: 0, description: 'The `metadata.generation` that was seen.' }),
    at: Type.String({ format: 'date-time', description: 'When the operator saw it first.' }),
  },
  { additionalProperties: false, description: 'Since when the operator knows the waiver as it is now.' },
);

/** See SecurityBaselineStatusSchema for the default. */
export const BaselineWaiverStatusSchema = Type.Object(
  {
    observedGeneration: Type.Optional(
      Type.Integer({
        minimum: -1,
        description: 'The `metadata.generation` that the status is about; -1 until the operator has seen the waiver.',
      }),
    ),
    state: Type.Optional(
      Type.Enum(['Active', 'Expired', 'Refused', 'Inert'], {
        description:
          'Active: it waives something. Inert: it would, and matches nothing. Expired: its day is over. Refused: it lives too long, and waives nothing.',
      }),
    ),
    matched: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'In how many namespaces it waives something, or did until it expired or was refused.',
      }),
    ),
    seen: Type.Optional(Seen),
    conditions: Type.Optional(
      Type.Array(ConditionSchema, {
        maxItems: 16,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['type'],
        description: 'Ready: the operator did what the waiver asks. Stalled is there only while it is refused.',
      }),
    ),
  },
  {
    additionalProperties: false,
    default: { observedGeneration: -1 },
    description: 'What the operator observed. Only the operator writes it.',
  },
);
