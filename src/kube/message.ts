import type { Message } from './exchange.ts';
import type { KubeRequest } from './request.ts';

/** What a message holds beside its request. */
export interface MessageOptions {
  /** The path prefix of the server's address, without a slash at its end. */
  readonly prefix: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
}

/** Puts a request into the form that goes on the wire. Objects are serialized as they are: no field is renamed or lost. */
export function messageOf(request: KubeRequest, options: MessageOptions): Message {
  const { body } = request;
  const query = new URLSearchParams(request.query).toString();
  const headers: Record<string, string> = {
    accept: request.accept ?? 'application/json',
    ...request.headers,
    ...options.headers,
  };
  if (body !== undefined) headers['content-type'] = request.contentType ?? 'application/json';
  return {
    method: request.method,
    path: `${options.prefix}${request.path}${query === '' ? '' : `?${query}`}`,
    headers,
    body: body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
    headersTimeoutMs: options.headersTimeoutMs,
    bodyTimeoutMs: options.bodyTimeoutMs,
    ...(request.refuse === undefined ? {} : { refuse: request.refuse }),
  };
}
