import type { Dispatcher } from 'undici';

/** A request as it goes on the wire. */
export interface Message {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
  /** How long the head of the answer may take once the request is sent. */
  readonly headersTimeoutMs: number;
  /** How long the body may pause; 0: for ever. */
  readonly bodyTimeoutMs: number;
  /** Asked right before the first byte; see KubeRequest. */
  readonly refuse?: () => Error | undefined;
}

export interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Called synchronously as bytes come in; exactly one of `onEnd` and `onError` is last. Nothing after a cancel. */
export interface ExchangeHandler {
  onHead(head: Head): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  onError(error: Error): void;
}

export type Cancel = () => void;

const CANCELLED = new Error('cancelled');

/**
 * One request and its answer by callbacks, on undici's `dispatch` rather than `request`: no stream object between the
 * parser and us, so an event reaches its subscriber in the turn in which its bytes arrive.
 */
export function exchange(dispatcher: Dispatcher, message: Message, handler: ExchangeHandler): Cancel {
  let over = false;
  let abort: ((reason: Error) => void) | undefined;
  const finish = (last: () => void) => {
    if (over) return;
    over = true;
    last();
  };
  dispatcher.dispatch(
    {
      method: message.method,
      path: message.path,
      headers: message.headers,
      body: message.body ?? null,
      headersTimeout: message.headersTimeoutMs,
      bodyTimeout: message.bodyTimeoutMs,
    },
    {
      onRequestStart: (controller) => {
        // Cancelled while it waited for a connection: it is not sent at all.
        const refusal = over ? CANCELLED : message.refuse?.();
        if (refusal !== undefined) controller.abort(refusal);
        else abort = (reason) => controller.abort(reason);
      },
      onResponseStart: (_controller, status, headers) => {
        if (!over && status >= 200) handler.onHead({ status, headers });
      },
      onResponseData: (_controller, chunk) => {
        if (!over) handler.onData(chunk);
      },
      onResponseEnd: () => finish(() => handler.onEnd()),
      onResponseError: (_controller, error) => finish(() => handler.onError(error)),
    },
  );
  return () => finish(() => abort?.(CANCELLED));
}
