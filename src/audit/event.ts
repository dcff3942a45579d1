import { integer, record, text, texts } from '../k8s/json.ts';
import type { AuditedRequest } from './match.ts';
import type { Level, Stage } from './policy.ts';
import { LEVELS, STAGES } from './policy.ts';

/** What is kept of one audit.k8s.io/v1 Event: who asked for what, and what became of it. Bodies are not kept. */
export interface AuditEvent {
  /** Of the request; chosen by the client where it sends an `Audit-ID` header, so it proves nothing by itself. */
  readonly auditId: string;
  readonly stage: Stage;
  readonly level: Level;
  /** Who authenticated; the name is empty where nobody did. */
  readonly user: EventUser;
  /** On whose behalf, where that is somebody else. */
  readonly impersonated: EventUser | undefined;
  /** The verb that allowed it, where that was one of constrained impersonation (KEP-5284): `impersonate:user-info`. */
  readonly impersonationConstraint?: string;
  readonly verb: string;
  readonly target: AuditedRequest['target'];
  /** HTTP status; undefined before the response. */
  readonly code: number | undefined;
  /** Of the authorizer: `authorization.k8s.io/decision`. */
  readonly decision: 'allow' | 'forbid' | undefined;
  /** Why, in the authorizer's words: `RBAC: allowed by RoleBinding "a/b" of Role "c" to User "d"`. */
  readonly reason: string;
  /** The server came to know of the request, as it writes the time: RFC 3339 with microseconds. */
  readonly receivedAt: string;
  readonly stageAt: string;
  readonly userAgent: string;
  /** Whether the event carries what was sent, and what was answered: by that the level can be seen. */
  readonly hasRequestObject: boolean;
  readonly hasResponseObject: boolean;
  readonly isDryRun: boolean;
}

export interface EventUser {
  readonly name: string;
  readonly groups: readonly string[];
}

/**
 * Reads one event as a log backend or a webhook writes it; the items of a webhook's EventList have no kind of their own.
 * Undefined: it is none, which is for the caller to count. A field of the wrong type is read as if it were absent.
 */
export function readEvent(value: unknown): AuditEvent | undefined {
  const event = record(value);
  const auditId = text(event.auditID);
  const stage = STAGES.find((one) => one === event.stage);
  const level = LEVELS.find((one) => one === event.level);
  if (auditId === '' || stage === undefined || level === undefined) return undefined;
  const uri = text(event.requestURI);
  const annotations = record(event.annotations);
  return {
    auditId,
    stage,
    level,
    user: userOf(event.user),
    impersonated: isGiven(event.impersonatedUser) ? userOf(event.impersonatedUser) : undefined,
    ...constraintOf(event.authenticationMetadata),
    verb: text(event.verb),
    target: targetOf(event.objectRef, uri),
    code: integer(record(event.responseStatus).code),
    decision: DECISIONS.find((one) => one === annotations['authorization.k8s.io/decision']),
    reason: text(annotations['authorization.k8s.io/reason']),
    receivedAt: text(event.requestReceivedTimestamp),
    stageAt: text(event.stageTimestamp),
    userAgent: text(event.userAgent),
    hasRequestObject: isGiven(event.requestObject),
    hasResponseObject: isGiven(event.responseObject),
    isDryRun: new URLSearchParams(uri.split('?')[1] ?? '').has('dryRun'),
  };
}

const DECISIONS = ['allow', 'forbid'] as const;

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

const userOf = (value: unknown): EventUser => {
  const user = record(value);
  return { name: text(user.username), groups: texts(user.groups) };
};

const constraintOf = (metadata: unknown): Pick<AuditEvent, 'impersonationConstraint'> => {
  const constraint = text(record(metadata).impersonationConstraint);
  return constraint === '' ? {} : { impersonationConstraint: constraint };
};

/** RBAC knows paths without their query, and decoded; an event has the whole URI as it was sent. */
function targetOf(value: unknown, uri: string): AuditEvent['target'] {
  const path = uri.split('?')[0] ?? '';
  if (!isGiven(value)) return { type: 'path', path: decoded(path) };
  const ref = record(value);
  return {
    type: 'resource',
    group: text(ref.apiGroup),
    resource: text(ref.resource),
    subresource: text(ref.subresource),
    // The server fills an empty one in from the body, so that a ClusterRole sent with a namespace seems to be in it.
    namespace: OF_CLUSTER.test(path) ? '' : text(ref.namespace),
    name: text(ref.name),
  };
}

/** A path of a resource that names no namespace (apiserver/pkg/endpoints/request/requestinfo.go). */
const OF_CLUSTER = /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)\/(?:watch\/)?(?!namespaces\/[^/])[^/]/;

/** As it was sent where it cannot be decoded; no server takes such a request. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
