import type { ServerResponse } from 'node:http';
import { refusal, send as sendAnswer, statusBody } from './answers.ts';
import type { Route } from './route.ts';
import type { World, WorldEvent } from './world.ts';

/** Ways in which a connection ends, or does not. */
export type Cut = 'close' | 'reset' | 'truncate' | 'garbage' | 'freeze';

export interface Watches {
  open(route: Route, query: URLSearchParams, response: ServerResponse): void;
  bookmark(): void;
  /** An ERROR event, after which the server closes. */
  error(code: number, reason: string): void;
  cut(how: Cut): void;
  count(): number;
}

interface Watch {
  readonly response: ServerResponse;
  readonly stop: () => void;
  frozen: boolean;
}

const line = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`;

export function createWatches(world: World, streamingList: () => boolean): Watches {
  const watches = new Set<Watch>();
  const bookmarkOf = (annotations: object = {}) =>
    line('BOOKMARK', { kind: 'X', metadata: { resourceVersion: String(world.version()), ...annotations } });
  const send = (watch: Watch, text: string) => {
    if (!watch.frozen) watch.response.write(text);
  };
  const open = (route: Route, query: URLSearchParams, response: ServerResponse) => {
    const initial = query.get('sendInitialEvents') === 'true';
    if (initial && !streamingList()) {
      const message = 'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList …';
      sendAnswer(response, refusal(422, { reason: 'Invalid', message }));
      return;
    }
    const from = Number(query.get('resourceVersion') ?? 0);
    if (!initial && from < world.compactedTo()) {
      sendAnswer(response, refusal(410, { reason: 'Expired', message: 'too old resource version' }));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
    response.flushHeaders();
    const onEvent = ({ collection, type, object }: WorldEvent) => {
      if (collection === route.collection) send(watch, line(type, object));
    };
    const stopListening = world.onEvent(onEvent);
    const watch: Watch = { response, frozen: false, stop: stopListening };
    watches.add(watch);
    response.on('close', () => {
      stopListening();
      watches.delete(watch);
    });
    if (initial) {
      for (const object of world.list(route.collection)) send(watch, line('ADDED', object));
      send(watch, bookmarkOf({ annotations: { 'k8s.io/initial-events-end': 'true' } }));
    } else for (const event of world.since(route.collection, from)) onEvent(event);
  };
  const end: Readonly<Record<Cut, (watch: Watch) => void>> = {
    close: ({ response }) => response.end(),
    reset: ({ response }) => response.destroy(),
    truncate: ({ response }) => response.end('{"type":"MODIFIED","object":{"metadata":{"na'),
    garbage: ({ response }) => response.write('{"type":"MODIFIED","object":nonsense}\n'),
    freeze: (watch) => {
      watch.frozen = true;
    },
  };
  return {
    open,
    bookmark: () => {
      for (const watch of watches) send(watch, bookmarkOf());
    },
    error: (code, reason) => {
      for (const watch of watches) watch.response.end(line('ERROR', statusBody(code, { reason })));
    },
    cut: (how) => {
      for (const watch of watches) {
        // What happens from here on is news for the next connection.
        if (how !== 'garbage') watch.stop();
        end[how](watch);
      }
    },
    count: () => watches.size,
  };
}
