import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ByteBudget } from './byteBudget.ts';
import { readBody } from './requestBody.ts';

/** What became of a request. */
export type IntakeResult = (typeof INTAKE_RESULTS)[number];

export const INTAKE_RESULTS = [
  'accepted',
  /** Larger than is kept: its events are, without what they carry. */
  'reduced',
  /** Too large even so: lost, and said so. */
  'oversized',
  /** Too much waits: the API server sends it again. */
  'queue_full',
  /** It could not be put into safety, or this process ends: the API server sends it again. */
  'unavailable',
  'unauthorized',
  /** Another path or method. */
  'misdirected',
  /** The caller left, or was too slow, before the end of the body. */
  'incomplete',
] as const;

export interface IntakeOptions {
  readonly path: string;
  readonly isKnown: (request: IncomingMessage) => boolean;
  readonly budget: ByteBudget;
  readonly maxBodyBytes: number;
  /** Puts a body into safety; its bytes are reserved, and for the taker to release. Rejects: it is not safe. */
  readonly take: (body: Buffer) => Promise<void>;
  readonly onResult: (result: IntakeResult) => void;
}

/** client-go waits so long, ten times, before the API server's own back-off of 10 to 34 s (client-go/rest/with_retry.go). */
const RETRY_AFTER_SECONDS = '2';

/**
 * Takes the batches of an API server's audit webhook.
 *
 * Every answer but 2xx, whatever it says, makes the API server send the batch again, five times in all, then drop its events
 * and print them in its log (apiserver/plugin/pkg/audit/webhook). So 2xx is the answer to what another attempt would not
 * change: poison, or a body that is too large even without what its events carry; both are counted, and lost either way. 429
 * and 503 are the answers to what another attempt may change, with Retry-After, which client-go obeys ten times within each
 * of the five.
 */
export function createIntake(options: IntakeOptions): RequestListener {
  return (request, response) => {
    const finish = (result: IntakeResult): void => {
      options.onResult(result);
      answer(response, result);
    };
    const early = refusalOf(request, options);
    if (early !== undefined) return finish(early);
    readBody(request, options.budget, options.maxBodyBytes, (read) => {
      if (!('body' in read)) return finish(read.result);
      const { length } = read.body;
      options.take(read.body).then(
        () => finish(read.result === 'whole' ? 'accepted' : 'reduced'),
        () => {
          options.budget.release(length);
          finish('unavailable');
        },
      );
    });
  };
}

function refusalOf(request: IncomingMessage, { path, isKnown }: IntakeOptions): IntakeResult | undefined {
  // Before anything of the body is read.
  if (!isKnown(request)) return 'unauthorized';
  const isWebhook = request.method === 'POST' && (request.url ?? '').split('?')[0] === path;
  return isWebhook ? undefined : 'misdirected';
}

const STATUS: Readonly<Record<IntakeResult, number>> = {
  accepted: 200,
  reduced: 200,
  oversized: 200,
  queue_full: 429,
  unavailable: 503,
  unauthorized: 401,
  misdirected: 404,
  incomplete: 400,
};

function answer(response: ServerResponse, result: IntakeResult): void {
  const status = STATUS[result];
  const isLater = status === 429 || status === 503;
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    ...(isLater ? { 'retry-after': RETRY_AFTER_SECONDS } : {}),
    // A stranger does not get another request on this connection.
    ...(status === 401 ? { connection: 'close', 'www-authenticate': 'Bearer' } : {}),
  });
  response.end(`${result}\n`);
}
