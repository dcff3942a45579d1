import fc from 'fast-check';
import { SECTIONS } from '../../../src/api/types.ts';
import type { Baseline } from '../../../src/core/govern/baseline.ts';
import type { Held } from '../../../src/core/govern/held.ts';
import { baselineWith } from '../build.ts';
import { baselineHead, baselineSpec } from './baselineSpec.ts';
import { labels } from './labels.ts';
import { networkSpec } from './networkSpec.ts';
import { rbacSpec } from './rbacSpec.ts';
import { resourcesSpec } from './resourcesSpec.ts';

/** Of several baselines; they are often equally old. */
export const baselines: fc.Arbitrary<readonly Baseline[]> = fc
  .array(
    fc.record({
      spec: baselineSpec,
      createdAt: fc.constantFrom('2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'),
      releasing: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
    { maxLength: 5 },
  )
  .map((all) => all.map(({ spec, ...more }, index) => baselineWith(`b${index}`, spec, more)));

const selectedBy: fc.Arbitrary<Held[number]['selectedBy']> = labels.map((all) =>
  Object.entries(all).map(([key, value]) => ({ key, value })),
);

/** What a namespace is held to, by one of the first baselines or by one that is gone. */
export const held: fc.Arbitrary<Held> = fc
  .tuple(fc.subarray([...SECTIONS]), fc.nat(6), selectedBy)
  .map(([sections, index, by]) =>
    sections.map((section) => ({
      section,
      baseline: `b${index}`,
      baselineUid: `uid-b${index}`,
      selectedBy: by,
    })),
  );

/** One or two baselines that select every namespace; mostly they enforce. */
export const governing: fc.Arbitrary<readonly Baseline[]> = fc
  .array(baselineSpec, { minLength: 1, maxLength: 2 })
  .map((specs) =>
    specs.map(({ excludedNamespaces: _none, ...spec }, index) =>
      baselineWith(`b${index}`, { ...spec, namespaceSelector: { matchLabels: {} } }),
    ),
  );

/** The same, and what it has done is done. */
export const enforcing: fc.Arbitrary<readonly Baseline[]> = fc
  .tuple(baselineHead, networkSpec, rbacSpec, resourcesSpec)
  .map(([{ excludedNamespaces: _none, ...head }, network, rbac, resources]) => [
    baselineWith('b0', {
      ...head,
      enforcement: 'Enforce',
      suspend: false,
      namespaceSelector: { matchLabels: {} },
      network,
      rbac,
      resources,
    }),
  ]);
