import Type from 'typebox';

const EXPLAINED = 'Audit only reports what differs; Enforce also puts it right.';

export const enforcement = Type.Enum(['Audit', 'Enforce'], {
  description: `${EXPLAINED} Required, so that nobody enforces by accident. Going back to Audit leaves objects where they are.`,
});

export const sectionEnforcement = Type.Enum(['Audit', 'Enforce'], {
  description: `${EXPLAINED} Overrides \`spec.enforcement\` for this section. Absent means \`spec.enforcement\`.`,
});
