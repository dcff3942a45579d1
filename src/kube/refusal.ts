import type { Refusal, StatusBody } from './errors.ts';
import { UnreachableError } from './errors.ts';
import type { Head } from './exchange.ts';
import type { KubeRequest } from './request.ts';
import { parseRetryAfter } from './retryAfter.ts';

/** An answer outside 2xx as a refusal. A body that is no metav1.Status (a proxy's HTML page) leaves only the code. */
export function refusalOf(request: KubeRequest, head: Head, body: Buffer): Refusal {
  const header = head.headers['retry-after'];
  return {
    status: head.status,
    method: request.method,
    path: request.path,
    body: parseStatus(body),
    retryAfterMs: parseRetryAfter(typeof header === 'string' ? header : header?.[0], Date.now()),
  };
}

function parseStatus(body: Buffer): StatusBody {
  try {
    const value: unknown = JSON.parse(body.toString());
    const isStatus = typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Status';
    return isStatus ? (value as StatusBody) : {};
  } catch {
    return {};
  }
}

/** Any failure below HTTP as an UnreachableError with the most telling code there is. */
export function unreachableOf(request: KubeRequest, error: unknown): UnreachableError {
  return new UnreachableError(codeOf(error), request.method, request.path, error);
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'UNKNOWN';
  if ('code' in error && typeof error.code === 'string') return CODES[error.code] ?? error.code;
  // Node tries all addresses of a name and may report them without a code of their own.
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return 'UNKNOWN';
}

const CODES: Readonly<Record<string, string>> = {
  UND_ERR_DESTROYED: 'CLOSED',
  UND_ERR_CLOSED: 'CLOSED',
  UND_ERR_HEADERS_TIMEOUT: 'TIMEOUT',
  UND_ERR_BODY_TIMEOUT: 'TIMEOUT',
};
