import { open, stat } from 'node:fs/promises';

/** One write the API server answered, however it answered. */
export interface AuditWrite {
  readonly auditID: string;
  /** When the answer was complete. */
  readonly at: Date;
  /** As whom: the impersonated user where there is one. */
  readonly user: string;
  readonly userAgent: string;
  readonly verb: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly subresource: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** HTTP status: 409 and 403 are writes that were tried. */
  readonly code: number;
  readonly uri: string;
}

/** A place in the audit log: only what follows it counts. */
export type AuditMark = number;

export interface ReadWritesOptions {
  /** From here on; see auditMark. */
  readonly mark?: AuditMark;
  /** Answered at this time or later (the API server's clock, microseconds). */
  readonly since?: Date;
  readonly user?: string | RegExp;
  /** Plural names, e.g. networkpolicies. */
  readonly resources?: readonly string[];
  /** Also what stores nothing: dry runs, and reviews (authorization.k8s.io, authentication.k8s.io). */
  readonly includeUnstored?: boolean;
}

/**
 * Where the log ends now. The server writes an event when its handler ends, which may be just after the client has the
 * answer: the last write before the mark may still come after it.
 */
export async function auditMark(path: string): Promise<AuditMark> {
  return (await stat(path)).size;
}

/**
 * The writes in an audit log, in the log's order. A last line that is still being written is left out, and so are
 * reads. A test that expects a write wraps this in `eventually`.
 */
export async function readWrites(path: string, options: ReadWritesOptions = {}): Promise<readonly AuditWrite[]> {
  const lines = (await readFrom(path, options.mark ?? 0)).split('\n');
  return lines.slice(0, -1).flatMap((line) => {
    const event = parseEvent(line);
    return event && isWanted(event, options) ? [toWrite(event)] : [];
  });
}

async function readFrom(path: string, offset: number): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.max(0, size - offset));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The fields read here of audit.k8s.io/v1 Event. */
interface AuditEvent {
  readonly auditID: string;
  readonly stageTimestamp: string;
  readonly requestURI: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly impersonatedUser?: { readonly username: string };
  readonly userAgent?: string;
  readonly objectRef?: Readonly<
    Record<'apiGroup' | 'resource' | 'subresource' | 'namespace' | 'name', string | undefined>
  >;
  readonly responseStatus?: { readonly code?: number };
}

// A mark, or an API server that was killed, may have cut a line in two.
function parseEvent(line: string): AuditEvent | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const WRITE_VERBS = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
const UNSTORED_GROUPS = new Set(['authorization.k8s.io', 'authentication.k8s.io']);

function isWanted(event: AuditEvent, { user, since, resources, includeUnstored }: ReadWritesOptions): boolean {
  const { verb, objectRef, requestURI, stageTimestamp } = event;
  if (!WRITE_VERBS.has(verb) || !objectRef?.resource) return false;
  if (!includeUnstored && (UNSTORED_GROUPS.has(objectRef.apiGroup ?? '') || /[?&]dryRun=All/.test(requestURI)))
    return false;
  if (since && new Date(stageTimestamp) < since) return false;
  if (resources && !resources.includes(objectRef.resource)) return false;
  const username = userOf(event);
  return user === undefined || (typeof user === 'string' ? username === user : user.test(username));
}

// Impersonation is authorized as the one, and acts as the other.
const userOf = ({ user, impersonatedUser }: AuditEvent): string => (impersonatedUser ?? user).username;

function toWrite(event: AuditEvent): AuditWrite {
  const { auditID, stageTimestamp, userAgent, verb, objectRef, responseStatus, requestURI } = event;
  return {
    auditID,
    at: new Date(stageTimestamp),
    user: userOf(event),
    userAgent: userAgent ?? '',
    verb,
    apiGroup: objectRef?.apiGroup ?? '',
    resource: objectRef?.resource ?? '',
    subresource: objectRef?.subresource,
    namespace: objectRef?.namespace,
    name: objectRef?.name,
    code: responseStatus?.code ?? 0,
    uri: requestURI,
  };
}
