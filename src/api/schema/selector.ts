import Type from 'typebox';
import type { CelRule } from './cel.ts';
import { celRules, LIST_AS_WHOLE } from './cel.ts';

const VALUE = '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$';
const KEY = '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$';

/** A Kubernetes label value: empty, or up to 63 characters. */
export const LabelValue = Type.String({ maxLength: 63, pattern: VALUE, description: 'A label value.' });

const Requirement = Type.Object(
  {
    key: Type.String({ minLength: 1, maxLength: 317, pattern: KEY, description: 'The label key.' }),
    operator: Type.Enum(['In', 'NotIn', 'Exists', 'DoesNotExist'], {
      description:
        'How the label is compared with `values`. NotIn and DoesNotExist also match objects without the label.',
    }),
    values: Type.Optional(
      Type.Array(LabelValue, {
        maxItems: 16,
        ...LIST_AS_WHOLE,
        description: 'Required for In and NotIn. Absent or empty for Exists and DoesNotExist.',
      }),
    ),
  },
  {
    title: 'LabelRequirement',
    additionalProperties: false,
    description: 'One requirement on a label.',
    ...celRules({
      rule: "self.operator in ['In', 'NotIn'] ? has(self.values) && self.values.size() > 0 : !has(self.values) || self.values.size() == 0",
      message: 'In and NotIn need values; Exists and DoesNotExist take none',
    }),
  },
);

const KEYS_ARE_VALID: CelRule = {
  rule: `self.all(key, key.matches('${KEY}'))`,
  message:
    'a label key is a name of letters, digits, -, _ and ., after an optional DNS prefix: app or example.com/team',
};

const shapeOf = (title: string, description: string, ...keyRules: readonly CelRule[]) =>
  Type.Object(
    {
      matchLabels: Type.Optional(
        Type.Record(Type.String(), LabelValue, {
          maxProperties: 16,
          description: 'Labels that must all be there with these values. `{}` matches everything.',
          ...(keyRules.length === 0 ? {} : celRules(...keyRules)),
        }),
      ),
      matchExpressions: Type.Optional(
        Type.Array(Requirement, {
          maxItems: 16,
          ...LIST_AS_WHOLE,
          description: 'Requirements that must all be met. Absent or empty means none.',
        }),
      ),
    },
    {
      title,
      additionalProperties: false,
      description,
      ...celRules({
        rule: 'has(self.matchLabels) || has(self.matchExpressions)',
        message: 'write matchLabels or matchExpressions; to select everything, write matchLabels: {}',
      }),
    },
  );

/**
 * metav1.LabelSelector, but never `{}`. The API server drops misspelt fields before it stores an object, and what is
 * left of `{matchLabel: …}` would select everything [run: THREATS 8].
 */
export const labelSelector = (description: string) => shapeOf('LabelSelector', description, KEYS_ARE_VALID);

/**
 * The same for peers, of which there may be 65,536: checking the keys of `matchLabels` there exceeds the CEL budget by
 * 9 % [run]. The API server refuses the NetworkPolicy with such a key.
 */
export const peerSelector = (description: string) => shapeOf('PeerSelector', description);

export const LabelSelectorSchema = labelSelector(
  'Selects by labels. At least one of the two fields is written out, so that a misspelt one is refused.',
);
