import type { SecurityBaselineSpec, SecurityBaselineStatus } from '../../src/api/types.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import type { Failure } from '../../src/core/outcome/outcome.ts';
import { statusOf } from '../../src/core/outcome/status.ts';
import type { Contribution } from '../../src/core/outcome/tally.ts';
import { contribution, tallyOf } from '../../test/core/tallies.ts';
import { finding } from '../../test/support/build.ts';

/** An object in one of the states of docs/status.md, and what Argo CD and Flux are to make of it. */
export interface HealthCase {
  readonly name: string;
  readonly argo: 'Healthy' | 'Progressing' | 'Degraded';
  readonly flux: 'Current' | 'InProgress' | 'Failed';
  readonly message: string;
  readonly object: {
    readonly metadata: Readonly<Record<string, string | number>>;
    readonly spec: object;
    readonly status: object;
  };
}

const SPEC: SecurityBaselineSpec = {
  enforcement: 'Enforce',
  namespaceSelector: { matchLabels: { baseline: 'restricted' } },
  network: { defaultDeny: ['Ingress', 'Egress'] },
};
const NOW = '2026-11-01T12:00:00Z';

const baselineIn = (generation: number, spec: Partial<SecurityBaselineSpec> = {}): Baseline => ({
  name: 'restricted',
  uid: '0b6f3a52-6f0e-4a53-9d43-2f3a7a0c1c55',
  generation,
  createdAt: '2026-10-01T12:00:00Z',
  releasing: false,
  spec: { ...SPEC, ...spec },
});

type Members = Readonly<Record<string, Contribution | 'pending'>>;
const FINE = contribution();
const MISSING = finding({
  control: 'network.default-deny',
  check: 'SB-NET-001',
  ref: { kind: 'NetworkPolicy', namespace: 'web', name: 'drawbridge-default-deny' },
  reason: 'Missing',
  message: 'NetworkPolicy drawbridge-default-deny is missing',
});
const failing = (reason: Failure['reason'], message: string): Contribution =>
  contribution('failed', {
    findings: [MISSING],
    failure: { reason, message, retry: reason === 'MissingRight' ? 'stalled' : 'backoff' },
  });
const DONE: Members = { payments: FINE, web: FINE };
const RETRIED: Members = {
  payments: FINE,
  web: failing('RefusedByAdmission', 'create NetworkPolicy web/drawbridge-default-deny: denied by a webhook'),
};
const FORBIDDEN: Members = {
  payments: FINE,
  web: failing('MissingRight', 'the operator may not create networkpolicies.networking.k8s.io'),
};
const REFUSED_SECTION = {
  published: {
    status: 'False',
    reason: 'AuditSectionRefused',
    message: 'rules[0]: nothing is matched by it',
    stalls: true,
  },
  effective: { status: 'True', reason: 'Proved', message: 'probes were recorded as the published policy says' },
} as const;

const done = statusOf(baselineIn(3), undefined, tallyOf(DONE), '2026-10-01T12:00:02Z');
const of = (members: Members, by = baselineIn(3), before?: SecurityBaselineStatus) =>
  statusOf(by, before, tallyOf(members), NOW);

const CLEAN = '2 namespaces evaluated';

/** Every state that a baseline's status can be in, by the builder that the operator runs. */
export const HEALTH_CASES: readonly HealthCase[] = [
  // The default of the CRD: what a baseline has before the operator has seen it.
  progressing('unseen', 'Waiting for the operator', baselineIn(1), { observedGeneration: -1 }),
  progressing(
    'first_pass',
    '1 of 2 namespaces to go',
    baselineIn(1),
    of({ payments: FINE, web: 'pending' }, baselineIn(1)),
  ),
  // The spec was edited; everything that is said is still about the one before.
  progressing('edited', 'Waiting for the operator', baselineIn(4), done),
  progressing(
    'edited_first_pass',
    '1 of 2 namespaces to go',
    baselineIn(4),
    of({ payments: FINE, web: 'pending' }, baselineIn(4), done),
  ),
  progressing(
    'refused_tried_again',
    '1 of 2 namespaces failed; web: create NetworkPolicy web/drawbridge-default-deny: denied by a webhook',
    baselineIn(3),
    of(RETRIED),
  ),
  healthy('clean', CLEAN, baselineIn(3), done),
  healthy(
    'drifted',
    `${CLEAN}; 1 of 2 namespaces have findings; see status.worst`,
    baselineIn(3),
    of({ payments: FINE, web: contribution('drifted') }, baselineIn(3), done),
  ),
  healthy(
    'not_judged',
    `${CLEAN}; 1 of 2 namespaces could not be judged; see status.worst`,
    baselineIn(3),
    of({ payments: FINE, web: contribution('unknown') }, baselineIn(3), done),
  ),
  healthy(
    'suspended',
    `${CLEAN}; suspended, so nothing is written`,
    baselineIn(3, { suspend: true }),
    of(DONE, baselineIn(3, { suspend: true })),
  ),
  degraded('missing_right', 'web: the operator may not create networkpolicies.networking.k8s.io', of(FORBIDDEN)),
  degraded(
    'refused_everywhere',
    'web: spec.ingress[0].ports[0].port: must be between 1 and 65535',
    of({ web: failing('Invalid', 'spec.ingress[0].ports[0].port: must be between 1 and 65535') }),
  ),
  degraded(
    'audit_section_refused',
    'rules[0]: nothing is matched by it',
    statusOf(baselineIn(3), done, tallyOf(DONE), NOW, REFUSED_SECTION),
  ),
];

function objectOf({ name, uid, generation, createdAt, spec }: Baseline, status: SecurityBaselineStatus) {
  return { metadata: { name, uid, generation, creationTimestamp: createdAt }, spec, status };
}

function progressing(name: string, message: string, baseline: Baseline, status: SecurityBaselineStatus): HealthCase {
  return { name, argo: 'Progressing', flux: 'InProgress', message, object: objectOf(baseline, status) };
}

function healthy(name: string, message: string, baseline: Baseline, status: SecurityBaselineStatus): HealthCase {
  return { name, argo: 'Healthy', flux: 'Current', message, object: objectOf(baseline, status) };
}

function degraded(name: string, message: string, status: SecurityBaselineStatus): HealthCase {
  return { name, argo: 'Degraded', flux: 'Failed', message, object: objectOf(baselineIn(3), status) };
}
