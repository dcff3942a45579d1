import Type from 'typebox';
import { celRules } from './cel.ts';
import { sectionEnforcement } from './enforcement.ts';

/** No exponents: `1e3` says no more than `1k`, and is easily mistaken. */
const QUANTITY = '^[0-9]{1,15}([.][0-9]{1,3})?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$';

const quantities = (minProperties: number, description: string) =>
  Type.Record(
    Type.String(),
    Type.String({
      maxLength: 24,
      description: 'A quantity such as 500m, 4 or 16Gi.',
      ...celRules({ rule: `self.matches('${QUANTITY}')`, message: 'write a quantity such as 500m, 4 or 16Gi' }),
    }),
    {
      minProperties,
      maxProperties: 32,
      description,
      ...celRules({
        rule: 'self.all(name, name.size() <= 128)',
        message: 'write the name of a resource, such as pods, requests.cpu or services.nodeports',
      }),
    },
  );

const optional = (description: string) => Type.Optional(quantities(0, description));

const LimitSchema = Type.Object(
  {
    type: Type.Enum(['Container', 'Pod', 'PersistentVolumeClaim'], { description: 'What the limits are about.' }),
    default: optional('Limits of a container that has none. Absent means `max`.'),
    defaultRequest: optional('Requests of a container that has none. Absent means `default`, or `min`.'),
    max: optional('No more than this. Absent means no such limit.'),
    min: optional('No less than this. Absent means no such limit.'),
    maxLimitRequestRatio: optional('How many times its request a limit may be. Absent means any.'),
  },
  {
    additionalProperties: false,
    description: 'Limits of one type.',
    ...celRules(
      {
        rule: "self.type == 'Container' || (!has(self.default) && !has(self.defaultRequest))",
        message: 'only containers have defaults: leave default and defaultRequest out, or write type: Container',
      },
      {
        rule: 'has(self.default) || has(self.defaultRequest) || has(self.max) || has(self.min) || has(self.maxLimitRequestRatio)',
        message: 'the limit says nothing: write default, defaultRequest, max, min or maxLimitRequestRatio',
      },
    ),
  },
);

export const ResourcesSchema = Type.Object(
  {
    enforcement: Type.Optional(sectionEnforcement),
    quota: Type.Optional(
      Type.Object(
        { hard: quantities(1, 'What a namespace may use in all, by resource.') },
        {
          additionalProperties: false,
          description: 'A ResourceQuota that each governed namespace gets. Absent means none.',
        },
      ),
    ),
    limitRange: Type.Optional(
      Type.Object(
        {
          limits: Type.Array(LimitSchema, {
            minItems: 1,
            maxItems: 3,
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['type'],
            description: 'Limits, by type.',
          }),
        },
        {
          additionalProperties: false,
          description: 'A LimitRange that each governed namespace gets. Absent means none.',
        },
      ),
    ),
  },
  {
    additionalProperties: false,
    description: 'Quota and limits of each governed namespace. Absent means the baseline has no say in it.',
    ...celRules({
      rule: 'has(self.quota) || has(self.limitRange)',
      message: 'the section declares nothing: write quota or limitRange, or remove resources',
    }),
  },
);
