/** One request. `body` is sent as JSON, or as it is when it is a string or a Buffer. */
export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Without the query; see k8s/kind.ts `pathOf`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Default `application/json`. */
  readonly contentType?: string;
  /** Default `application/json`. */
  readonly accept?: string;
  /** Beside those of credentials and content, which win. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborting closes the request's connection; the call fails with the signal's reason. */
  readonly signal?: AbortSignal;
  /** For `json` the whole call, for a stream the time to the head of the answer; default 30 s. */
  readonly timeoutMs?: number;
  /** Asked in the moment in which the request is put on the wire: an error fails the call, and nothing is sent. */
  readonly refuse?: () => Error | undefined;
}

/** Called synchronously as an answer comes in; exactly one of `onEnd` and `onError` is last. Nothing after a cancel. */
export interface ByteReader {
  /** The server said 2xx. */
  onOpen?(): void;
  onData(chunk: Buffer): void;
  /** The answer is over as HTTP sees it; whether it was whole is the reader's to judge. */
  onEnd(): void;
  /** A KubeError, an UnreachableError, or the signal's reason. */
  onError(error: unknown): void;
}
