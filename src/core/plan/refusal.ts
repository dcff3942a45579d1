import type { ObjectRef } from '../../k8s/ref.ts';

/** What the API server or the network answered, reduced to what decides. */
export interface Answer {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** metav1.Status reason, such as `AlreadyExists`. */
  readonly reason: string;
  readonly causes: readonly string[];
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** Why a write did not happen, named after the failing fact (THREATS 18). */
export type RefusalReason =
  | 'NamespaceTerminating'
  | 'RuleNotGranted'
  | 'RefusedByAdmission'
  | 'MissingRight'
  | 'RoleRefMissing'
  | 'BeingDeleted'
  | 'Conflict'
  | 'Gone'
  | 'Invalid'
  | 'Throttled'
  | 'ServerError'
  | 'Unreachable';

export interface Refusal {
  readonly reason: RefusalReason;
  readonly message: string;
  /** `soon` runs again at once, `backoff` later and later; `stalled` needs a human, and is still tried now and then. */
  readonly retry: 'soon' | 'backoff' | 'stalled' | 'none';
  readonly retryAfterMs?: number;
}

/**
 * Sorts a refusal by its consequence. `missingRight` is what a SelfSubjectAccessReview said: true = the right is missing,
 * false = RBAC allows it, so that admission refused; undefined = not asked or no answer, which is retried.
 */
export function classifyRefusal(answer: Answer, ref: ObjectRef, missingRight: boolean | undefined): Refusal {
  const message = answer.message;
  const retryAfter = answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs };
  switch (answer.status) {
    case 0:
      return { reason: 'Unreachable', message, retry: 'backoff' };
    case 403:
      return classifyForbidden(answer, ref, missingRight);
    case 404:
      return ref.kind === 'RoleBinding' && !isGone(message, ref)
        ? { reason: 'RoleRefMissing', message, retry: 'backoff' }
        : { reason: 'Gone', message, retry: 'soon' };
    case 409:
      return message.includes('being deleted')
        ? { reason: 'BeingDeleted', message, retry: 'soon' }
        : { reason: 'Conflict', message, retry: 'soon' };
    case 422:
      // ValidatingAdmissionPolicies answer 422 as well, so it is not a fault of the baseline until it happens everywhere.
      return { reason: 'Invalid', message, retry: 'backoff' };
    case 429:
      return { reason: 'Throttled', message, retry: 'backoff', ...retryAfter };
    default:
      return { reason: 'ServerError', message, retry: 'backoff', ...retryAfter };
  }
}

/**
 * The binding or its namespace went. A role that is missing reads alike, but for its own name in place of the binding's:
 * `rolebindings.rbac.authorization.k8s.io "viewer" not found` (kube-apiserver 1.36.3).
 */
const isGone = (message: string, { name }: ObjectRef): boolean =>
  message.startsWith('namespaces ') || (message.startsWith('rolebindings.') && message.includes(`"${name}"`));

/** Who may label namespaces chooses what is selected, everywhere: nobody gets that without asking (DESIGN §4). */
const LABELS_ARE_OPT_IN = 'apply manifests/namespace-labels to let the operator label namespaces';
/** The usual two: an operator that was installed to look, and rights that somebody took. */
const GIVE_BACK =
  'apply manifests/base to let the operator write, or write enforcement: Audit where it is only to look';

/** What the API server lists are rights; what helps is the one to bind the role, which it does not say. */
const MAY_BIND =
  'the operator holds less than the role that is bound: let it `bind` that role by name (docs/writing-a-baseline.md, Rights). The API server says: ';

function classifyForbidden(answer: Answer, { kind }: ObjectRef, missingRight: boolean | undefined): Refusal {
  const { message } = answer;
  const hint = kind === 'Namespace' ? LABELS_ARE_OPT_IN : GIVE_BACK;
  if (answer.causes.includes('NamespaceTerminating')) return { reason: 'NamespaceTerminating', message, retry: 'none' };
  if (isEscalation(answer)) {
    return {
      reason: 'RuleNotGranted',
      message: `${kind === 'RoleBinding' ? MAY_BIND : ''}${message}`,
      retry: 'backoff',
    };
  }
  if (missingRight === true) return { reason: 'MissingRight', message: `${message}; ${hint}`, retry: 'stalled' };
  return { reason: 'RefusedByAdmission', message, retry: 'backoff' };
}

/** The text of Kubernetes' rbac/validation ConfirmNoEscalation: we do not hold what we were to hand out. */
export const isEscalation = (answer: Pick<Answer, 'status' | 'message'>): boolean =>
  answer.status === 403 && answer.message.includes('attempting to grant RBAC permissions not currently held');
