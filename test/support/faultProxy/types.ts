import type { ControlPlane } from '../controlPlane/controlPlane.ts';

/** What a request wants, in Kubernetes' words; `list` and `watch` are told apart by the query. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** Which requests. What is absent matches everything, so `{}` is all of them. */
export interface Match {
  readonly verbs?: readonly Verb[];
  /** Plural names: `networkpolicies`. Discovery has the resource `''`. */
  readonly resources?: readonly string[];
  /** `status`; `''`: only the object itself. */
  readonly subresource?: string;
  /** Of the path: a cluster-wide list or watch has none, and is matched by `''`. */
  readonly namespace?: string;
  readonly name?: string;
  /** What the user agent begins with. */
  readonly userAgent?: string;
}

/**
 * What becomes of a request, or of a running watch.
 *
 * Faults marked [running] meet the matching watches that run when the fault begins, and those opened while it lasts; the
 * others meet requests that arrive while it lasts. Faults marked [all] ignore `match`, `share` and `times`.
 */
export type Fault =
  /** Answered with a metav1.Status instead of being forwarded. 429 carries Retry-After: `retryAfterSeconds`, default 1. */
  | {
      readonly type: 'refuse';
      readonly status: 401 | 403 | 404 | 409 | 410 | 429 | 500 | 503 | 504;
      readonly retryAfterSeconds?: number;
      /** Default: the API server's own for the status; for 409 `Conflict`. */
      readonly reason?: string;
    }
  /** [running] An ERROR event with this code, then a clean end: how an API server says 410 to a watch. */
  | { readonly type: 'errorEvent'; readonly status: 410 | 429 | 500 }
  /** Waits before the request is forwarded, or before its answer is given; a watch's answer is its head. */
  | { readonly type: 'delay'; readonly ms: number; readonly before: 'request' | 'answer' }
  /** [running] The socket is destroyed once so many bytes of the answer's body have passed. */
  | { readonly type: 'cut'; readonly afterBytes: number }
  /** [running] The next event's line is sent by half, then the answer ends cleanly. */
  | { readonly type: 'truncate' }
  /**
   * [running] The socket stays open, and not a byte comes any more. When the fault ends: `thaw` goes on where it stopped
   * (a network that was away), `dead` stays silent until the client closes (a half-open connection).
   */
  | { readonly type: 'freeze'; readonly after: 'thaw' | 'dead' }
  /** [running] Every watch is ended, cleanly and between two events, when it is so old. */
  | { readonly type: 'closeWatches'; readonly everyMs: number }
  /**
   * The request is forwarded, after `heldMs` if given, its answer swallowed, and the socket reset: the write happened and
   * nobody says so.
   */
  | { readonly type: 'loseAnswer'; readonly heldMs?: number }
  /**
   * [running] Watches that resume do so from an older version that this proxy saw before: `versionsBack` of those seen,
   * at most the oldest. Running ones are ended cleanly, so that they come back.
   */
  | { readonly type: 'replay'; readonly versionsBack: number }
  /** [all] Every connection is reset at once. A moment: how long it lasts does not matter. */
  | { readonly type: 'reset' }
  /** [all] Every connection is reset, and new ones are refused while it lasts. */
  | { readonly type: 'outage' };

export type FaultType = Fault['type'];

/** A fault and whom it meets. Where several match, the one that began first counts. */
export interface Rule {
  readonly match: Match;
  readonly fault: Fault;
  /** The part of the matching requests that is hit, 0 to 1; drawn from the rule's own seeded generator. Default 1. */
  readonly share?: number;
  /** Hits after which the rule has no effect any more. Default: no limit. */
  readonly times?: number;
}

/** A rule with its time, in milliseconds from the start of the schedule. */
export interface ScheduledFault extends Rule {
  readonly atMs: number;
  readonly forMs: number;
}

/** Pure data: printed as JSON it can be run again. See schedule.ts `scheduleOf`. */
export type Schedule = readonly ScheduledFault[];

/** A rule that is in force. */
export interface Injected {
  /** Requests and running watches that it has met. */
  hits(): number;
  /** Ends it; a second time is nothing. Resolves when what it held up goes on (`outage`: when the proxy listens). */
  lift(): Promise<void>;
}

/** A request as the proxy saw it. */
export interface ProxiedRequest {
  readonly verb: Verb;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly userAgent: string;
}

/** A request and what the client got. */
export interface LoggedRequest extends ProxiedRequest {
  /** When it arrived, by `performance.now()`. */
  readonly atMs: number;
  /** The status that the client was sent; undefined: none yet, or none ever. */
  readonly code: number | undefined;
  /** The fault it met, running watches included. */
  readonly fault: FaultType | undefined;
}

export interface FaultProxyOptions {
  /** The API server behind it. */
  readonly controlPlane: Pick<ControlPlane, 'url' | 'caPem'>;
}

/**
 * A TLS proxy on a free loopback port before an API server. It speaks HTTP/1.1 and keeps connections open to both sides.
 * Without a rule it changes nothing. When the API server behind it is gone, clients are reset, as by a server that died;
 * it goes on by itself once that is back. Client certificates do not pass through it: use tokens.
 */
export interface FaultProxy {
  readonly url: string;
  readonly caPem: string;
  /** Writes a copy of a kubeconfig, with this proxy's address and authority, beside it; resolves with its path. */
  kubeconfig(path: string): Promise<string>;
  /** Puts a rule in force until it is lifted. */
  inject(rule: Rule): Injected;
  /** Lifts every rule, those of a running schedule too (its later ones still come). */
  clear(): Promise<void>;
  /**
   * Runs a schedule; resolves when its last fault is lifted. When `signal` aborts, what it injected is lifted, the rest
   * does not come, and it resolves too.
   */
  run(schedule: Schedule, signal?: AbortSignal): Promise<void>;
  /** Resets every connection at once. */
  resetAll(): void;
  /** What arrived since then (`performance.now()`; default: ever), in order. The last 200,000 are kept. */
  requests(sinceMs?: number): readonly LoggedRequest[];
  /** Connections open now: of clients, and to the API server. */
  open(): { readonly clients: number; readonly upstream: number };
  /** Watches that run now. */
  watches(): readonly ProxiedRequest[];
  /** Closes everything. May be called twice. */
  stop(): Promise<void>;
}
