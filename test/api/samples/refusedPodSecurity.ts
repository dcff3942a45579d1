import { withPodSecurity } from './baselines.ts';
import type { Refusal } from './refusal.ts';

/** Wrong in the podSecurity section. */
export const REFUSED_POD_SECURITY: readonly Refusal[] = [
  {
    name: 'a podSecurity that says nothing',
    object: withPodSecurity({ version: 'latest' }),
    message: 'the section declares nothing: write enforce, audit or warn, or remove podSecurity',
  },
  {
    name: 'onViolation without enforce',
    object: withPodSecurity({ warn: 'baseline', onViolation: 'Hold' }),
    message: 'onViolation is about raising enforce: write enforce, or leave onViolation out',
  },
  {
    name: 'a Pod Security level that is none',
    object: withPodSecurity({ enforce: 'strict' }),
    message:
      'spec.podSecurity.enforce: Unsupported value: "strict": supported values: "privileged", "baseline", "restricted"',
  },
  ...['1.30', 'v1.30.2', 'v1.030', 'v2.0', 'Latest', ''].map(
    (version): Refusal => ({
      name: `the version "${version}"`,
      object: withPodSecurity({ enforce: 'baseline', version }),
      message: 'write the version as latest, or as v1.N, such as v1.36',
    }),
  ),
];
