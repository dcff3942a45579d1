import type { ServerResponse } from 'node:http';

export interface StatusOptions {
  readonly message?: string;
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly details?: unknown;
}

export const statusBody = (code: number, { message = '', reason, details }: StatusOptions = {}) => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  message,
  ...(reason === undefined ? {} : { reason }),
  ...(details === undefined ? {} : { details }),
});

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const refusal = (status: number, options: StatusOptions = {}): Answer => ({
  status,
  body: statusBody(status, options),
  headers: options.headers ?? {},
});

export function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
