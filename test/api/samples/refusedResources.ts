import { withLimit, withResources } from './baselines.ts';
import type { Refusal } from './refusal.ts';

const quota = (hard: Readonly<Record<string, unknown>>) => withResources({ quota: { hard } });

/** Wrong in the resources section. */
export const REFUSED_RESOURCES: readonly Refusal[] = [
  {
    name: 'resources that say nothing',
    object: withResources({}),
    message: 'the section declares nothing: write quota or limitRange, or remove resources',
  },
  {
    name: 'a resource with a name that no resource has',
    object: quota({ ['x'.repeat(129)]: '1' }),
    message: 'write the name of a resource, such as pods, requests.cpu or services.nodeports',
  },
  { name: 'a quota of nothing', object: quota({}), message: 'spec.resources.quota.hard' },
  ...['-1', '1e3', '1 Gi', '0x10', '1.2345', 'many', ''].map(
    (text): Refusal => ({
      name: `the quantity "${text}"`,
      object: quota({ pods: text }),
      message: 'write a quantity such as 500m, 4 or 16Gi',
    }),
  ),
  {
    name: 'defaults of a Pod',
    object: withLimit({ type: 'Pod', default: { cpu: '1' } }),
    message: 'only containers have defaults: leave default and defaultRequest out, or write type: Container',
  },
  {
    name: 'a limit that says nothing',
    object: withLimit({ max: undefined }),
    message: 'the limit says nothing: write default, defaultRequest, max, min or maxLimitRequestRatio',
  },
  {
    name: 'limits of one type twice',
    object: withResources({
      limitRange: { limits: ['1', '2'].map((cpu) => ({ type: 'Container', max: { cpu } })) },
    }),
    message: 'Duplicate value',
  },
];
