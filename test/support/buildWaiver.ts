import type { BaselineWaiverSpec } from '../../src/api/types.ts';
import type { Waived } from '../../src/core/waive/waived.ts';
import { waivedIn } from '../../src/core/waive/waived.ts';
import type { Waiver } from '../../src/core/waive/waiver.ts';
import type { KubeObject } from '../../src/k8s/object.ts';

export const DAY_MS = 86_400_000;

/** Where virtual clocks begin. */
export const START_MS = Date.UTC(2026, 0, 1);

export const waiverSpec = (more: Partial<BaselineWaiverSpec> = {}): BaselineWaiverSpec => ({
  namespaces: ['payments'],
  controls: ['network.default-deny'],
  reason: 'until the mesh is rolled out',
  approvedBy: 'security@example.com',
  expiresAt: new Date(START_MS + 30 * DAY_MS).toISOString(),
  ...more,
});

/** A waiver that was made and seen as virtual clocks began. */
export const waiver = (
  name = 'legacy',
  spec: Partial<BaselineWaiverSpec> = {},
  more: Partial<Omit<Waiver, 'name' | 'spec'>> = {},
): Waiver => ({
  name,
  uid: `uid-${name}`,
  generation: 1,
  createdAtMs: START_MS,
  seenAtMs: START_MS,
  expiresAtMs: Date.parse(waiverSpec(spec).expiresAt),
  ...more,
  spec: waiverSpec(spec),
});

/** What waivers exempt in a namespace whose objects were never seen before. */
export const waivedBy = (...waivers: readonly Waiver[]): Waived =>
  waivedIn(
    waivers,
    () => undefined,
    () => undefined,
  );

/** As a server holds it. */
export const rawWaiver = (
  spec: Partial<BaselineWaiverSpec> = {},
  { name = 'legacy', ...meta }: Partial<KubeObject['metadata']> = {},
): KubeObject => ({
  apiVersion: 'drawbridge.dev/v1alpha1',
  kind: 'BaselineWaiver',
  metadata: { name, generation: 1, creationTimestamp: new Date(START_MS).toISOString(), ...meta },
  spec: waiverSpec(spec),
});
