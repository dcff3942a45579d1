import Type from 'typebox';

/** metav1.Condition. */
export const ConditionSchema = Type.Object(
  {
    type: Type.String({ minLength: 1, maxLength: 316, description: 'What the condition is about, such as Ready.' }),
    status: Type.Enum(['True', 'False', 'Unknown'], { description: 'Unknown when it was not observed.' }),
    observedGeneration: Type.Optional(
      Type.Integer({ minimum: 0, description: 'The `metadata.generation` that the condition is about.' }),
    ),
    lastTransitionTime: Type.String({ format: 'date-time', description: 'When `status` changed last.' }),
    reason: Type.String({ minLength: 1, maxLength: 1024, description: 'Why, in one PascalCase word.' }),
    message: Type.String({ maxLength: 32768, description: 'Why, in a sentence for people.' }),
  },
  { additionalProperties: false, description: 'One observed condition.' },
);
