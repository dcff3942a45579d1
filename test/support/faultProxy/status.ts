import type { ServerResponse } from 'node:http';
import { statusBody } from '../fakeApiServer/answers.ts';
import type { Fault, ProxiedRequest } from './types.ts';

/** As in k8s.io/apimachinery/pkg/apis/meta/v1 StatusReason. */
const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** A metav1.Status as the API server would word it for this request. */
export function statusOf(request: ProxiedRequest, fault: Extract<Fault, { readonly status: number }>): object {
  const reason = (fault.type === 'refuse' ? fault.reason : undefined) ?? REASONS[fault.status] ?? '';
  const object = `${request.resource} "${request.name}"`;
  const details = { name: request.name, kind: request.resource, ...retryIn(fault) };
  return statusBody(fault.status, { reason, details, message: `${object}: ${reason}, says the fault proxy` });
}

/** Refuses a request; the connection stays open. */
export function refuse(
  response: ServerResponse,
  request: ProxiedRequest,
  fault: Extract<Fault, { readonly type: 'refuse' }>,
): void {
  const seconds = retryIn(fault).retryAfterSeconds;
  response.writeHead(fault.status, {
    'content-type': 'application/json',
    ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
  });
  response.end(JSON.stringify(statusOf(request, fault)));
}

const retryIn = (fault: Extract<Fault, { readonly status: number }>): { readonly retryAfterSeconds?: number } => {
  const asked = fault.type === 'refuse' ? fault.retryAfterSeconds : undefined;
  const seconds = asked ?? (fault.status === 429 ? 1 : undefined);
  return seconds === undefined ? {} : { retryAfterSeconds: seconds };
};
