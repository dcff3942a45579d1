import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ByteBudget } from './byteBudget.ts';

/** What became of a request. */
export type IntakeResult =
  | 'accepted'
  /** Larger than is taken: lost, and said so. */
  | 'oversized'
  /** Too much waits: the API server sends it again. */
  | 'queue_full'
  /** It could not be put into safety, or this process ends: the API server sends it again. */
  | 'unavailable'
  | 'unauthorized'
  /** Another path or method. */
  | 'misdirected'
  /** The caller left, or was too slow, before the end of the body. */
  | 'incomplete';

export interface IntakeOptions {
  readonly path: string;
  readonly isKnown: (request: IncomingMessage) => boolean;
  readonly budget: ByteBudget;
  readonly maxBodyBytes: number;
  /** Puts a body into safety; its bytes are reserved, and for the taker to release. Rejects: it is not safe. */
  readonly take: (body: Buffer) => Promise<void>;
  readonly onResult: (result: IntakeResult, bytes: number) => void;
}

/** client-go waits so long, ten times, before the API server's own back-off of 10 to 34 s (client-go/rest/with_retry.go). */
const RETRY_AFTER_SECONDS = '2';

/**
 * Takes the batches of an API server's audit webhook.
 *
 * Every answer but 2xx, whatever it says, makes the API server send the batch again, five times in all, then drop its events
 * and print them in its log (apiserver/plugin/pkg/audit/webhook). So 2xx is the answer to what another attempt would not
 * change: a body that is too large, or poison; both are counted, and lost either way. 429 and 503 are the answers to what
 * another attempt may change, with Retry-After, which client-go obeys ten times within each of the five.
 */
export function createIntake(options: IntakeOptions): RequestListener {
  return (request, response) => {
    const finish = (result: IntakeResult, bytes = 0): void => {
      options.onResult(result, bytes);
      answer(response, result);
    };
    const early = refusalOf(request, options);
    if (early !== undefined) return finish(early);
    const length = Number(request.headers['content-length'] ?? 0);
    if (length > options.maxBodyBytes) return drain(request, () => finish('oversized', length));
    if (!options.budget.reserve(length)) return finish('queue_full', length);
    readBody(request, length, options, (result, body) => {
      if (result !== undefined) return finish(result, body.length);
      options.take(body).then(
        () => finish('accepted', body.length),
        () => {
          options.budget.release(body.length);
          finish('unavailable', body.length);
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

/** Calls back once, with the reason why there is no body, or with the body, whose bytes are reserved then. */
function readBody(
  request: IncomingMessage,
  announced: number,
  { budget, maxBodyBytes }: IntakeOptions,
  done: (result: IntakeResult | undefined, body: Buffer) => void,
): void {
  const chunks: Buffer[] = [];
  let reserved = announced;
  let length = 0;
  let over = false;
  const end = (result: IntakeResult | undefined): void => {
    if (over) return;
    over = true;
    const kept = result === undefined ? length : 0;
    budget.release(reserved - kept);
    done(result, result === undefined ? Buffer.concat(chunks, length) : NOTHING);
  };
  request.on('data', (chunk: Buffer) => {
    if (over) return;
    length += chunk.length;
    // Without a Content-Length the size shows by and by.
    const more = length - reserved;
    if (length > maxBodyBytes) {
      over = true;
      budget.release(reserved);
      drain(request, () => done('oversized', NOTHING));
    } else if (more > 0 && !budget.reserve(more)) end('queue_full');
    else {
      reserved = Math.max(reserved, length);
      chunks.push(chunk);
    }
  });
  request.on('end', () => end(undefined));
  request.on('close', () => end('incomplete'));
  request.on('error', () => end('incomplete'));
}

const NOTHING = Buffer.alloc(0);

/** Reads on, and keeps nothing: a client that still writes would take an answer for a broken connection. */
function drain(request: IncomingMessage, done: () => void): void {
  request.once('end', done);
  request.resume();
}

const STATUS: Readonly<Record<IntakeResult, number>> = {
  accepted: 200,
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
