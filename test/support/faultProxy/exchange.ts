import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogEntry, RequestLog } from './log.ts';
import { proxiedRequestOf } from './request.ts';
import type { ActiveRule, RuleBook } from './rules.ts';
import { refuse } from './status.ts';
import type { ProxiedRequest } from './types.ts';
import type { Upstream } from './upstream.ts';
import { endToEnd } from './upstream.ts';
import type { Versions } from './versions.ts';
import { versionOf } from './versions.ts';
import type { WatchPipe } from './watchPipe.ts';
import { errorLine, pipeWatch } from './watchPipe.ts';

/** A watch that runs, as faults meet it. */
export interface RunningWatch {
  readonly request: ProxiedRequest;
  suffer(active: ActiveRule): void;
}

export interface ExchangeOptions {
  readonly upstream: Upstream;
  readonly rules: RuleBook;
  readonly log: RequestLog;
  readonly versions: Versions;
  readonly watches: Set<RunningWatch>;
  /** Resets the client's connection. */
  readonly reset: () => void;
}

/** One request, its answer, and what is in force against it. */
interface Exchange extends ExchangeOptions {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly request: ProxiedRequest;
  readonly entry: LogEntry;
  readonly body: Buffer;
  readonly active: ActiveRule | undefined;
  /** Aborts when the client's connection closes, and by `hangUp`. */
  readonly signal: AbortSignal;
  readonly hangUp: () => void;
}

/** Answers a client's request: with a fault, or with what the API server says. Never rejects. */
export async function exchange(
  options: ExchangeOptions,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = proxiedRequestOf(message);
  const entry = options.log.begin(request);
  const gone = new AbortController();
  const hangUp = (): void => gone.abort();
  response.once('close', hangUp);
  // A client that goes away, or is sent away, while it is written to.
  response.on('error', hangUp);
  try {
    const body = await read(message);
    const active = options.rules.find(request);
    entry.fault = active?.rule.fault.type;
    const signal = gone.signal;
    await answer({ ...options, message, response, request, entry, body, active, signal, hangUp });
  } catch {
    // The API server went away, or the client did: either way this connection is of no more use.
    options.reset();
  }
}

async function answer(x: Exchange): Promise<void> {
  const fault = x.active?.rule.fault;
  switch (fault?.type) {
    case 'refuse':
      x.entry.code = fault.status;
      return refuse(x.response, x.request, fault);
    case 'errorEvent':
      x.entry.code = 200;
      x.response.writeHead(200, { 'content-type': 'application/json' });
      x.response.end(errorLine(x.request, fault));
      return;
    case 'freeze':
      // Dead: until the client closes, whatever becomes of the rule.
      await heldUp(x, LONGEST_MS, fault.after === 'thaw' ? x.active?.over : never());
      return pass(x, await forward(x));
    case 'delay':
      if (fault.before === 'request') await heldUp(x, fault.ms);
      return delayed(x, fault.before === 'answer' ? fault.ms : 0);
    case 'loseAnswer':
      if (fault.heldMs !== undefined) await heldUp(x, fault.heldMs);
      await drained(await forward(x));
      return x.reset();
    default:
      return pass(x, await forward(x));
  }
}

/** The longest that a timer can be. */
const LONGEST_MS = 2 ** 31 - 1;
const never = (): Promise<void> => new Promise(() => undefined);

async function delayed(x: Exchange, ms: number): Promise<void> {
  const received = await forward(x);
  await heldUp(x, ms);
  pass(x, received);
}

/** Waits, but no longer than the rule is in force and the client is there; then rejects if the client is gone. */
async function heldUp(x: Exchange, ms: number, over = x.active?.over): Promise<void> {
  const done = new AbortController();
  x.signal.addEventListener('abort', () => done.abort(), { once: true });
  void over?.then(() => done.abort());
  await sleep(ms, undefined, { signal: done.signal }).catch(() => undefined);
  x.signal.throwIfAborted();
}

function forward(x: Exchange): Promise<IncomingMessage> {
  const { method = 'GET', url = '/', headers } = x.message;
  return x.upstream.send({ method, path: pathOf(x, url), headers, body: x.body }, x.signal);
}

/** The path to ask for: as the client says, but for a watch that is to be replayed. */
function pathOf(x: Exchange, path: string): string {
  const fault = x.active?.rule.fault;
  const url = new URL(path, 'https://server');
  const version = url.searchParams.get('resourceVersion') ?? '';
  if (x.request.verb !== 'watch' || version === '' || version === '0') return path;
  if (fault?.type !== 'replay') {
    x.versions.saw(x.request.resource, version);
    return path;
  }
  url.searchParams.set('resourceVersion', x.versions.before(x.request.resource, version, fault.versionsBack));
  return `${url.pathname}${url.search}`;
}

/** Gives the client what the API server answers, as it comes. */
function pass(x: Exchange, received: IncomingMessage): void {
  const status = received.statusCode ?? 500;
  x.entry.code = status;
  const length = received.headers['content-length'];
  x.response.writeHead(status, {
    ...endToEnd(received.headers),
    ...(length === undefined ? {} : { 'content-length': length }),
  });
  if (x.request.verb === 'watch' && status === 200) passWatch(x, received);
  else passBytes(x, received);
}

function passBytes(x: Exchange, received: IncomingMessage): void {
  const fault = x.active?.rule.fault;
  let left = fault?.type === 'cut' ? fault.afterBytes : Number.POSITIVE_INFINITY;
  const cut = cutOf(x.response);
  received.on('data', (chunk: Buffer) => {
    if (left <= 0) return;
    left -= chunk.length;
    if (left <= 0) x.response.write(chunk.subarray(0, chunk.length + left), cut);
    else x.response.write(chunk);
  });
  received.once('end', () => left > 0 && x.response.end());
  received.once('error', x.reset);
  if (left === 0) x.response.write('', cut);
}

/** Ends a connection behind what was written: a reset might overtake it. */
const cutOf =
  ({ socket }: ServerResponse) =>
  (): void =>
    void socket?.destroy();

function passWatch(x: Exchange, received: IncomingMessage): void {
  x.response.flushHeaders();
  const isList = new URL(x.message.url ?? '/', 'https://server').searchParams.get('sendInitialEvents') === 'true';
  const pipe: WatchPipe = pipeWatch({
    request: x.request,
    answer: received,
    response: x.response,
    hangUp: x.hangUp,
    cut: cutOf(x.response),
    reset: x.reset,
    onLine: versionsIn(x, isList),
  });
  const watch: RunningWatch = {
    request: x.request,
    suffer: (active) => {
      x.entry.fault = active.rule.fault.type;
      pipe.suffer(active);
    },
  };
  x.watches.add(watch);
  x.response.once('close', () => x.watches.delete(watch));
  if (x.active !== undefined && x.active.rule.fault.type !== 'replay') pipe.suffer(x.active);
}

/** Notes where a watch could begin again. The objects of a list have versions from long before. */
function versionsIn(x: Exchange, startsWithList: boolean): (line: Buffer) => void {
  let listing = startsWithList;
  return (line) => {
    const seen = versionOf(line);
    if (seen?.endsInit === true) listing = false;
    if (seen !== undefined && !listing) x.versions.saw(x.request.resource, seen.version);
  };
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function drained(received: IncomingMessage): Promise<void> {
  for await (const _chunk of received);
}
