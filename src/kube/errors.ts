/** One detail of a refusal, as in metav1.StatusCause. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** What is read of a metav1.Status answer. */
export interface StatusBody {
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: { readonly causes?: readonly Partial<Cause>[]; readonly retryAfterSeconds?: number };
}

/** An answer outside 2xx, from the wire or from a watch's ERROR event. */
export interface Refusal {
  readonly status: number;
  readonly method: string;
  readonly path: string;
  readonly body: StatusBody;
  readonly retryAfterMs?: number | undefined;
}

const MAX_MESSAGE = 1024;
/** The API server asks for seconds. A proxy, or a date read by a clock that is wrong, must not blind us for a day. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * The API server refused a request. `message` reads "409 Conflict PUT /apis/…: what the server said"; it holds no
 * headers and nothing of the request's or the answer's body but that sentence, so that it may be logged.
 */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly status: number;
  /** Of the request: `GET`, `PUT`, … */
  readonly method: string;
  /** The machine-readable reason of the answer (`Conflict`, `AlreadyExists`, …); from the status code when it has none. */
  readonly reason: string;
  readonly causes: readonly Cause[];
  /** What the server asks us to wait, in milliseconds, at most a minute. */
  readonly retryAfterMs: number | undefined;
  /** The server's sentence, cut at 1,024 characters; `''` when the answer was no metav1.Status. */
  readonly serverMessage: string;

  constructor(refusal: Refusal) {
    const reason = refusal.body.reason ?? REASONS[refusal.status] ?? 'Unknown';
    const said = (refusal.body.message ?? '').slice(0, MAX_MESSAGE);
    super(`${refusal.status} ${reason} ${refusal.method} ${refusal.path}${said === '' ? '' : `: ${said}`}`);
    this.status = refusal.status;
    this.method = refusal.method;
    this.reason = reason;
    this.causes = (refusal.body.details?.causes ?? []).map(({ reason: why, message, field }) => ({
      reason: why ?? '',
      message: message ?? '',
      field: field ?? '',
    }));
    const seconds = refusal.body.details?.retryAfterSeconds;
    const askedMs = refusal.retryAfterMs ?? (seconds === undefined ? undefined : seconds * 1000);
    this.retryAfterMs = askedMs === undefined ? undefined : Math.min(askedMs, MAX_RETRY_AFTER_MS);
    this.serverMessage = said;
  }
}

/** No answer, or not a whole one: refused, reset, timed out, cut. `code` is Node's or undici's, or one of ours below. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  /** `ECONNREFUSED`, `UND_ERR_SOCKET`, …; ours: `TIMEOUT`, `CLOSED`, `CREDENTIALS`, `MALFORMED`, `NOT_LEADING`. */
  readonly code: string;

  constructor(code: string, method: string, path: string, cause?: unknown) {
    const said = cause instanceof Error && cause.message !== '' ? `: ${cause.message.slice(0, MAX_MESSAGE)}` : '';
    super(`${code} ${method} ${path}${said}`, { cause });
    this.code = code;
  }
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

const has =
  (status: number) =>
  (error: unknown): error is KubeError =>
    error instanceof KubeError && error.status === status;

/** 401: the credentials are not (or no longer) accepted. */
export const isUnauthorized = has(401);
/** 403: by RBAC, by admission, or because the namespace is terminating; the causes tell which. */
export const isForbidden = has(403);
/** 404: no such object, or no such kind. */
export const isNotFound = has(404);
/** 410: the resource version or the continue token is too old. */
export const isGone = has(410);
/** 422: the object is not valid, or a ValidatingAdmissionPolicy refused it. */
export const isInvalid = has(422);
/** 429: asked to come back later. */
export const isTooManyRequests = has(429);

/** 409 because somebody wrote in between, or because a precondition did not hold. */
export const isConflict = (error: unknown): error is KubeError => has(409)(error) && error.reason !== 'AlreadyExists';

/** 409 because the name is taken. */
export const isAlreadyExists = (error: unknown): error is KubeError =>
  has(409)(error) && error.reason === 'AlreadyExists';

/**
 * 409 to a create because an object of that name is terminating behind a finalizer (THREATS 2). The API server answers
 * AlreadyExists then, and only its sentence ("object is being deleted: …") tells the difference.
 */
export const isBeingDeleted = (error: unknown): error is KubeError =>
  has(409)(error) && error.serverMessage.includes('object is being deleted');

/** 403 because the namespace is terminating (cause NamespaceTerminating; THREATS 17). */
export const isNamespaceTerminating = (error: unknown): error is KubeError =>
  has(403)(error) && error.causes.some((cause) => cause.reason === 'NamespaceTerminating');

/** Worth another try later without any change: no answer, 408, 429 and 5xx. */
export const isRetriable = (error: unknown): boolean =>
  error instanceof UnreachableError ||
  (error instanceof KubeError && (error.status === 408 || error.status === 429 || error.status >= 500));
