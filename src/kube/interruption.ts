import { MalformedError } from './decode.ts';
import { isGone, isNotFound, KubeError, UnreachableError } from './errors.ts';
import { IdleError } from './idle.ts';
import { LineTooLongError } from './lines.ts';
import type { InterruptionCause } from './watchEvent.ts';

/** Why a connection ended; without an error the server closed it cleanly. */
export function causeOf(failure: { readonly error: unknown } | undefined, streamingList: boolean): InterruptionCause {
  if (failure === undefined) return 'closed';
  const { error } = failure;
  if (isGone(error)) return 'gone';
  if (isNotFound(error)) return 'notServed';
  if (streamingList && refusesStreaming(error)) return 'unsupported';
  if (error instanceof IdleError) return 'idle';
  if (error instanceof MalformedError || error instanceof LineTooLongError) return 'malformed';
  return error instanceof UnreachableError ? 'unreachable' : 'error';
}

/**
 * A server without the WatchList feature answers 422 "sendInitialEvents is forbidden for watch unless the WatchList
 * feature gate is enabled" (on by default since 1.34, and in 1.32); aggregated servers may answer 400.
 */
const refusesStreaming = (error: unknown): boolean =>
  error instanceof KubeError &&
  (error.status === 400 || error.status === 422 || error.serverMessage.includes('sendInitialEvents is forbidden'));
