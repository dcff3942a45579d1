import type { SecurityBaselineSpec } from '../../api/types.ts';
import type { ClusterControl } from '../../core/control/clusterControl.ts';
import type { ApiServerPosture } from '../../core/model/apiServerPosture.ts';
import type { Finding } from '../../core/model/finding.ts';

const ID = 'posture.api-server';

type Check = 'AnonymousAccess' | 'Authorization' | 'AuditLog';

/** What an API server does for somebody without rights says how it is set up, on any platform. */
export const apiServer: ClusterControl = {
  id: ID,
  summary:
    'Finds an API server that answers anonymous requests, allows what nobody granted, or records no audit events.',
  declaredBy: ['spec.clusterChecks'],
  reads: [],
  facts: [],
  asksApiServer: (spec) => checksIn(spec).length > 0,
  isAskedBy: (spec) => checksIn(spec).length > 0,
  inspect: (spec, view) => checksIn(spec).flatMap((check) => JUDGES[check](view.apiServer)),
};

const checksIn = ({ clusterChecks = [] }: SecurityBaselineSpec): readonly Check[] =>
  (['AnonymousAccess', 'Authorization', 'AuditLog'] as const).filter((check) => clusterChecks.includes(check));

const JUDGES: Readonly<Record<Check, (posture: ApiServerPosture) => readonly Finding[]>> = {
  AnonymousAccess: judgeAnonymous,
  Authorization: judgeAuthorization,
  AuditLog: judgeAudit,
};

type Said = Pick<Finding, 'check' | 'severity' | 'result' | 'reason' | 'message'>;

/** About the Service that stands for all API servers. */
const finding = (said: Said): readonly Finding[] => [
  { control: ID, ref: { kind: 'Service', namespace: 'default', name: 'kubernetes' }, ...said },
];

/**
 * 401: anonymous requests are off, or limited to the health endpoints (AuthenticationConfiguration, KEP-4633). 403: they
 * are taken for system:anonymous, and RBAC stands alone between them and the API.
 */
function judgeAnonymous({ anonymous }: ApiServerPosture): readonly Finding[] {
  const check = 'SB-CP-001';
  const api = anonymous.known ? anonymous.value : undefined;
  if (api === 401) return [];
  if (api === 403) {
    return finding({
      check,
      severity: 'medium',
      result: 'warn',
      reason: 'AnonymousAccess',
      message:
        'The API server takes requests without credentials for system:anonymous (GET /api: 403), so that one binding opens it to everybody. Limit them to the health endpoints by AuthenticationConfiguration, or turn them off.',
    });
  }
  if (api !== undefined && api >= 200 && api < 300) {
    return finding({
      check,
      severity: 'critical',
      result: 'fail',
      reason: 'AnonymousReads',
      message: `The API server lets requests without credentials read its API (GET /api: ${api}): a binding or the authorization mode allows it.`,
    });
  }
  const why = anonymous.known ? `GET /api without credentials was answered ${api}` : anonymous.why;
  return finding({
    check,
    severity: 'medium',
    result: 'unknown',
    reason: 'AnonymousAccessUnknown',
    message: `Whether the API server answers anonymous requests is not known: ${why}.`,
  });
}

function judgeAuthorization({ authorization }: ApiServerPosture): readonly Finding[] {
  const check = 'SB-CP-002';
  if (authorization.known && authorization.value.allowsAnything) {
    return finding({
      check,
      severity: 'critical',
      result: 'fail',
      reason: 'AuthorizationPermissive',
      message:
        'The API server allows a request that nobody can have been granted by name: its authorization mode allows everything, or somebody made the operator cluster-admin.',
    });
  }
  if (authorization.known && authorization.value.hasRbac) return [];
  const why = authorization.known ? 'what is allowed is not said to be allowed by RBAC' : authorization.why;
  return finding({
    check,
    severity: 'high',
    result: 'unknown',
    reason: 'AuthorizationUnknown',
    message: `Whether RBAC decides is not known: ${why}.`,
  });
}

function judgeAudit({ auditEvents }: ApiServerPosture): readonly Finding[] {
  const check = 'SB-AUD-001';
  if (!auditEvents.known) {
    return finding({
      check,
      severity: 'medium',
      result: 'unknown',
      reason: 'AuditLogUnknown',
      message: `Whether the API server records audit events is not known: ${auditEvents.why}.`,
    });
  }
  if (auditEvents.value > 0) return [];
  return finding({
    check,
    severity: 'high',
    result: 'fail',
    reason: 'AuditLogOff',
    message:
      'The API server has recorded no audit event since its start (apiserver_audit_event_total is 0): it has no audit policy, or no backend.',
  });
}
