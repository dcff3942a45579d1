import type { ClusterAccess, Credentials } from './config.ts';
import type { Dispatchers } from './dispatchers.ts';
import { KubeError, UnreachableError } from './errors.ts';
import type { Cancel, Head } from './exchange.ts';
import { exchange } from './exchange.ts';
import { messageOf } from './message.ts';
import { refusalOf, unreachableOf } from './refusal.ts';
import type { ByteReader, KubeRequest } from './request.ts';

/** What a request gets that asks for no other time. */
export const DEFAULT_TIMEOUT_MS = 30_000;
/** Of an answer outside 2xx no more is read: a metav1.Status is small. */
const MAX_REFUSAL_BYTES = 1 << 20;

/** What all requests of one transport share. */
export interface Wire {
  readonly access: ClusterAccess;
  readonly dispatchers: Dispatchers;
  readonly prefix: string;
  readonly userAgent: string;
  readonly note: (method: string, code: string) => void;
  isClosed(): boolean;
}

/** How a request is sent. */
export interface SendOptions {
  readonly connection: 'own' | 'pooled';
  /** For the whole call, credentials and waiting for a connection included. */
  readonly deadlineMs?: number;
}

/** Sends a request, at most twice: again after a 401. */
export function send(wire: Wire, request: KubeRequest, reader: ByteReader, options: SendOptions): Cancel {
  const { signal, method, path } = request;
  let over = false;
  /** A request is under way, and neither its answer nor the lack of one has been noted. */
  let unanswered = false;
  const note = (code: string) => {
    unanswered = false;
    wire.note(method, code);
  };
  let cancelAttempt: Cancel = () => undefined;
  const settle = () => {
    over = true;
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  const cancel = () => {
    if (over) return;
    settle();
    cancelAttempt();
  };
  const failWith = (error: unknown) => {
    if (over) return;
    cancel();
    reader.onError(error);
  };
  const onAbort = () => failWith(signal?.reason);
  const onDeadline = () => {
    if (unanswered) note('<error>');
    failWith(new UnreachableError('TIMEOUT', method, path));
  };
  const timer = options.deadlineMs === undefined ? undefined : setTimeout(onDeadline, options.deadlineMs);
  const attempt = (refresh: boolean): void => {
    const begin = (credentials: Credentials) => {
      if (over) return;
      if (wire.isClosed()) return failWith(new UnreachableError('CLOSED', method, path));
      unanswered = true;
      cancelAttempt = once(wire, request, credentials, options.connection, note, {
        onOpen: () => reader.onOpen?.(),
        onData: (chunk) => reader.onData(chunk),
        onEnd: () => {
          settle();
          reader.onEnd();
        },
        onError: (error) => {
          if (!refresh && error instanceof KubeError && error.status === 401) attempt(true);
          else failWith(error);
        },
      });
    };
    wire.access
      .credentials({ refresh })
      .then(begin, (error: unknown) => failWith(new UnreachableError('CREDENTIALS', method, path, error)))
      .catch(failWith);
  };
  if (signal?.aborted === true) queueMicrotask(onAbort);
  else signal?.addEventListener('abort', onAbort, { once: true });
  attempt(false);
  return cancel;
}

/** One attempt. Gathers the body of a refusal; hands that of a success on as it comes. */
function once(
  wire: Wire,
  request: KubeRequest,
  credentials: Credentials,
  connection: 'own' | 'pooled',
  note: (code: string) => void,
  reader: ByteReader,
): Cancel {
  const timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const { dispatcher, release } =
    connection === 'own'
      ? wire.dispatchers.own(credentials)
      : { dispatcher: wire.dispatchers.pooled(credentials), release: () => undefined };
  const message = messageOf(request, {
    prefix: wire.prefix,
    headers: { ...credentials.headers, 'user-agent': wire.userAgent },
    headersTimeoutMs: timeoutMs,
    bodyTimeoutMs: connection === 'own' ? 0 : timeoutMs,
  });
  let refused: Head | undefined;
  let refusedBytes = 0;
  const chunks: Buffer[] = [];
  let answered = false;
  const cancel = exchange(dispatcher, message, {
    onHead: (head) => {
      answered = true;
      note(String(head.status));
      if (head.status < 300) reader.onOpen?.();
      else refused = head;
    },
    onData: (chunk) => {
      if (refused === undefined) return reader.onData(chunk);
      refusedBytes += chunk.length;
      if (refusedBytes <= MAX_REFUSAL_BYTES) chunks.push(chunk);
    },
    onEnd: () => {
      release();
      if (refused === undefined) reader.onEnd();
      else reader.onError(new KubeError(refusalOf(request, refused, Buffer.concat(chunks))));
    },
    onError: (error) => {
      release();
      if (!answered) note('<error>');
      reader.onError(unreachableOf(request, error));
    },
  });
  return () => {
    cancel();
    release();
  };
}
