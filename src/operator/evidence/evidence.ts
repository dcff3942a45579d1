import type { AuditEvent } from '../../audit/event.ts';

/**
 * What an audit receiver has seen, for whoever has to prove something by it: the probe of the audit policy, and drift that
 * wants the name of its actor. What is not there was not seen *by this receiver*: whether that proves anything is to be read
 * from `health`.
 */
export interface Evidence {
  /** The requests that came with these IDs, in the order asked for; an ID that was not seen is left out. At most MAX_IDS. */
  requests(auditIds: readonly string[]): Promise<readonly SeenRequest[]>;
  /** Who changed or deleted an object, the latest first; at most MAX_CHANGES. */
  changes(object: ChangedObject): Promise<readonly Change[]>;
  health(): Promise<EvidenceHealth>;
}

/** The events of one Audit-ID. Clients choose it: several requests may have come with the same one. */
export interface SeenRequest {
  readonly auditId: string;
  /** The first of them, at most MAX_EVENTS_PER_ID. */
  readonly events: readonly AuditEvent[];
  /** How many there were. */
  readonly total: number;
}

/** Names an object as an audit event does: by resource, not by kind. */
export interface ChangedObject {
  readonly group: string;
  readonly resource: string;
  /** `''`: of the cluster. */
  readonly namespace: string;
  readonly name: string;
}

/** One write that the API server carried out. */
export interface Change {
  readonly verb: 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
  /** `''`: the object itself. */
  readonly subresource: string;
  /** As whom: the impersonated user where there is one. */
  readonly user: string;
  /** Who authenticated, where that is somebody else. */
  readonly impersonator: string | undefined;
  readonly userAgent: string;
  readonly auditId: string;
  /** When it was answered, by the API server's clock: RFC 3339. */
  readonly at: string;
}

/** How far the evidence can be relied on. */
export interface EvidenceHealth {
  /** Since when this process has taken events, by its own clock: RFC 3339. `oversized`, `refused` and `gaps` count from then on. */
  readonly since: string;
  /** When the last event came, by its own clock. */
  readonly lastEventAt: string | undefined;
  /** How old the newest event of the last batch was when it was taken up; both machines' clocks are in it. */
  readonly lagMs: number | undefined;
  /** Different events seen; over restarts, where the receiver has a state directory. */
  readonly counted: number;
  /** Events that had been seen before: batches that were sent again, or several sources. */
  readonly duplicates: number;
  /** What was no audit event, and was left out: items, lines, and whole batches. */
  readonly poison: number;
  /** Batches that were too large, even without what their events carry, and are lost. */
  readonly oversized: number;
  /** Batches that were refused because too much was waiting: the API server sends them again, four times. */
  readonly refused: number;
  /** Times that a log file went away with lines that were not read. */
  readonly gaps: number;
  /** Received, and not yet looked at. */
  readonly waitingBytes: number;
}

export const MAX_IDS = 100;
export const MAX_EVENTS_PER_ID = 32;
export const MAX_CHANGES = 8;

/**
 * The Audit-IDs of probes begin with it. Such requests are remembered apart from others, so that a busy cluster does not push
 * them out before somebody asks. It proves nothing: any client may send it.
 */
export const PROBE_ID_PREFIX = 'drawbridge-probe-';
