import fc from 'fast-check';
import type { Finding } from '../../../src/core/model/finding.ts';
import type { Answer } from '../../../src/core/plan/refusal.ts';

/**
 * What becomes of a write: it happens (0), it is refused with a status, or it happens and the answer is lost. Repeated in
 * turn, so that a short list is enough for a long run; some always happen, or nothing would ever be done.
 */
export type Fortune = 0 | 403 | 404 | 409 | 422 | 429 | 500 | 'lost';

export const fortunes: fc.Arbitrary<readonly Fortune[]> = fc.array(
  fc.constantFrom<Fortune>(0, 0, 0, 403, 404, 409, 422, 429, 500, 'lost', 'lost'),
  { minLength: 1, maxLength: 12 },
);

/** What an API server, or the network, may answer to a write. */
export const answer: fc.Arbitrary<Answer> = fc.record(
  {
    status: fc.constantFrom(0, 400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 503, 504),
    reason: fc.constantFrom('', 'Forbidden', 'AlreadyExists'),
    causes: fc.constantFrom([], ['NamespaceTerminating'], ['FieldValueInvalid']),
    message: fc.oneof(
      fc.constantFrom(
        '',
        'object is being deleted: it exists',
        'user "u" is attempting to grant RBAC permissions not currently held:\n{}',
        'rolebindings.rbac.authorization.k8s.io "drawbridge-d" not found',
        'roles.rbac.authorization.k8s.io "viewer" not found',
        'x'.repeat(1024),
      ),
      fc.string({ unit: 'binary' }),
    ),
    retryAfterMs: fc.nat(5000),
  },
  { requiredKeys: ['status', 'reason', 'causes', 'message'] },
);

/** A finding of a control, with text that somebody else may have chosen. */
export const finding: fc.Arbitrary<Finding> = fc.record({
  control: fc.constantFrom('network.foreign-policies', 'rbac.roles'),
  check: fc.constantFrom('SB-NET-004', 'SB-RBAC-005'),
  severity: fc.constantFrom('critical' as const, 'high' as const, 'medium' as const, 'low' as const),
  result: fc.constantFrom('fail' as const, 'warn' as const, 'unknown' as const),
  ref: fc.record({
    kind: fc.constantFrom('NetworkPolicy', 'Role'),
    namespace: fc.constant('payments'),
    name: fc.constantFrom('open', 'x'.repeat(253)),
  }),
  reason: fc.constantFrom('ForeignPolicyOpensNamespace', 'RuleNotGranted', 'OtherPolicyApi'),
  message: fc.constantFrom('it is open', 'x'.repeat(3000)),
});
