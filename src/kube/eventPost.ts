import { pathOf } from '../k8s/kind.ts';
import type { EventNote, Reporter } from './eventManifest.ts';
import { EVENT_KIND, eventManifest, eventNamespace, microTime } from './eventManifest.ts';
import type { JsonTransport } from './transport.ts';

/** One Event on the server: first created, then only its `series` is patched. */
export interface EventPost {
  readonly key: string;
  /** Observed once more. */
  repeat(nowMs: number): void;
  /** When it was observed last. */
  lastMs(): number;
  /** When its next request may go out. */
  dueMs(): number;
  /** Rejects when the server does not take it. */
  send(nowMs: number, signal: AbortSignal): Promise<void>;
}

export interface EventPostOptions {
  readonly reporter: Reporter;
  readonly fieldManager: string;
  readonly seriesEveryMs: number;
  readonly random: () => number;
}

/** Events wait in line behind each other. */
const TIMEOUT_MS = 10_000;

/** Makes EventPosts for one reporter. */
export function createEventPost(
  transport: JsonTransport,
  options: EventPostOptions,
): { begin(key: string, note: EventNote, nowMs: number): EventPost } {
  const query = { fieldManager: options.fieldManager, fieldValidation: 'Strict' };
  return {
    begin: (key, note, nowMs) => {
      const random = Math.floor(options.random() * 2 ** 32).toString(16);
      const manifest = eventManifest(note, options.reporter, nowMs, `${nowMs.toString(16)}${random.padStart(8, '0')}`);
      const collection = pathOf(EVENT_KIND, eventNamespace(note.regarding));
      let observed = 1;
      let written = false;
      let lastMs = nowMs;
      let dueMs = nowMs;
      return {
        key,
        repeat: (atMs) => {
          observed += 1;
          lastMs = atMs;
        },
        lastMs: () => lastMs,
        dueMs: () => dueMs,
        send: async (atMs, signal) => {
          const first = !written;
          written = true;
          dueMs = atMs + options.seriesEveryMs;
          // What was observed before the Event was created is in its series from the start.
          const series = observed > 1 ? { series: { count: observed, lastObservedTime: microTime(lastMs) } } : {};
          if (first) {
            const body = { ...manifest, ...series };
            await transport.json({ method: 'POST', path: collection, query, body, signal, timeoutMs: TIMEOUT_MS });
          } else {
            const path = `${collection}/${manifest.metadata.name}`;
            const contentType = 'application/merge-patch+json';
            const request = { path, query, body: series, contentType, signal, timeoutMs: TIMEOUT_MS };
            await transport.json({ method: 'PATCH', ...request });
          }
        },
      };
    },
  };
}
