import { NOT_ASKED } from '../../../src/core/model/apiServerPosture.ts';
import type { Row } from './changes.ts';
import { beside, contested, observe, relabel } from './changes.ts';

const known = <T>(value: T) => ({ known: true, value }) as const;
const unknown = { known: false, why: 'the request timed out' } as const;

const SERVER: readonly Row[] = [
  ['anonymous requests are taken for a user', 'SB-CP-001 AnonymousAccess', observe({ anonymous: known(403) })],
  ['anonymous requests are answered', 'SB-CP-001 AnonymousReads', observe({ anonymous: known(200) })],
  ['they are answered by something else', 'SB-CP-001 AnonymousAccessUnknown', observe({ anonymous: known(503) })],
  ['nobody could ask', 'SB-CP-001 AnonymousAccessUnknown', observe({ anonymous: unknown })],
  [
    'what nobody granted is allowed',
    'SB-CP-002 AuthorizationPermissive',
    observe({ authorization: known({ allowsAnything: true, hasRbac: true }) }),
  ],
  [
    'RBAC is not the reason',
    'SB-CP-002 AuthorizationUnknown',
    observe({ authorization: known({ allowsAnything: false, hasRbac: false }) }),
  ],
  ['why is not said', 'SB-CP-002 AuthorizationUnknown', observe({ authorization: unknown })],
  ['nothing was recorded', 'SB-AUD-001 AuditLogOff', observe({ auditEvents: known(0) })],
  ['what was recorded is not said', 'SB-AUD-001 AuditLogUnknown', observe({ auditEvents: unknown })],
  ['nobody has asked what was recorded', 'SB-AUD-001 AuditLogUnknown', observe({ auditEvents: NOT_ASKED.auditEvents })],
];

const GOVERNED: readonly Row[] = [
  ['the namespace takes its label off', 'SB-GOV-001 LeftByLabel', relabel({ baseline: undefined })],
  ['the namespace changes its label', 'SB-GOV-001 LeftByLabel', relabel({ baseline: 'none' })],
  ['the namespace empties its label', 'SB-GOV-001 LeftByLabel', relabel({ baseline: '' })],
  [
    'another has the same priority',
    'SB-GOV-002 WeakerBaselineGoverns',
    beside({ priority: 100, serviceAccounts: { defaultToken: 'Disabled' } }),
  ],
  [
    'one that comes after it has a smaller quota',
    'SB-GOV-002 WeakerBaselineGoverns',
    beside({ priority: 1, resources: { quota: { hard: { pods: '10' } } } }),
  ],
  [
    'one that comes after it has a higher level',
    'SB-GOV-002 WeakerBaselineGoverns',
    beside({ priority: 1, podSecurity: { enforce: 'restricted' } }),
  ],
  [
    'it took over from a stricter one',
    'SB-GOV-002 WeakerBaselineGoverns',
    (world) => ({
      ...world,
      held: world.held.map((one) =>
        one.section === 'network' ? { ...one, weakened: { generation: 1, why: 'strict governed before' } } : one,
      ),
    }),
  ],
  [
    'the deny is put right five times',
    'SB-GOV-003 Contested',
    contested('NetworkPolicy', 'drawbridge-default-deny', 5),
  ],
  ['a Role is put right fifty times', 'SB-GOV-003 Contested', contested('Role', 'drawbridge-viewer', 50)],
  ['the quota is put right five times', 'SB-GOV-003 Contested', contested('ResourceQuota', 'drawbridge-quota', 5)],
];

export const GOVERNANCE_ROWS: readonly Row[] = [...SERVER, ...GOVERNED];
