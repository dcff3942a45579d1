import type { BaselineWaiverStatus } from '../../src/api/types.ts';
import { waiverStatusOf } from '../../src/core/outcome/waiverStatus.ts';
import { validityAt } from '../../src/core/waive/validity.ts';
import type { Waiver } from '../../src/core/waive/waiver.ts';
import type { HealthCase } from './healthCases.ts';

const MADE = '2026-10-01T12:00:00Z';
const NOW = '2026-11-01T12:00:00Z';

const waiverUntil = (expiresAt: string): Waiver => ({
  name: 'legacy-mesh',
  uid: '7d1d0f0e-3a0b-4c9e-8d53-6a1d5b0f7f11',
  generation: 1,
  createdAtMs: Date.parse(MADE),
  seenAtMs: Date.parse(MADE),
  expiresAtMs: Date.parse(expiresAt),
  spec: {
    namespaces: ['legacy'],
    controls: ['network.default-deny'],
    reason: 'not closed until it has moved into the mesh',
    approvedBy: 'security@example.com',
    expiresAt,
  },
});

function caseOf(
  name: string,
  verdict: Pick<HealthCase, 'argo' | 'flux' | 'message'>,
  waiver: Waiver,
  status: BaselineWaiverStatus = {},
): HealthCase {
  const { uid, generation, spec } = waiver;
  const metadata = { name: waiver.name, uid, generation, creationTimestamp: MADE };
  return { name, ...verdict, object: { metadata, spec, status } };
}

const statusOf = (waiver: Waiver, matched: number): BaselineWaiverStatus =>
  waiverStatusOf(waiver, validityAt(waiver, Date.parse(NOW)), matched, MADE, undefined, NOW);

/** What the operator settled of a waiver, with the message that it gave. */
function settled(
  name: string,
  waiver: Waiver,
  matched: number,
  verdict: Pick<HealthCase, 'argo' | 'flux'>,
): HealthCase {
  const status = statusOf(waiver, matched);
  const message = status.conditions?.find(({ type }) => type === 'Ready')?.message ?? '';
  return caseOf(name, { ...verdict, message }, waiver, status);
}

const HEALTHY = { argo: 'Healthy', flux: 'Current' } as const;
const LASTING = waiverUntil('2027-03-31T00:00:00Z');

/** Every state that a waiver's status can be in, by the builder that the operator runs. */
export const WAIVER_HEALTH_CASES: readonly HealthCase[] = [
  caseOf('unseen', { argo: 'Progressing', flux: 'InProgress', message: 'Waiting for the operator' }, LASTING, {
    observedGeneration: -1,
  }),
  settled('active', LASTING, 1, HEALTHY),
  settled('inert', LASTING, 0, HEALTHY),
  settled('expired', waiverUntil('2026-10-31T00:00:00Z'), 0, HEALTHY),
  settled('refused', waiverUntil('2028-03-31T00:00:00Z'), 0, { argo: 'Degraded', flux: 'Failed' }),
];
