import type { ServerResponse } from 'node:http';
import type { Observable, Subscription } from 'rxjs';
import type { BaselineLine, Cell, Delta, Snapshot } from './wire.ts';

/** So many may look at once; each costs a connection and what it has not read yet. */
const MAX_VIEWERS = 32;
/** What happens within so long is told at once. */
const EVERY_MS = 500;
/** Proxies close what is silent. */
const HEARTBEAT_MS = 15_000;

export interface LiveOptions {
  readonly snapshot: () => Snapshot;
  readonly leads: () => boolean;
  readonly baselines: () => readonly BaselineLine[];
  /** Undefined: it counts for no baseline any more. */
  readonly cell: (namespace: string) => Cell | undefined;
  /** Namespaces that may look different now. */
  readonly touched$: Observable<string>;
}

/** Tells everybody who looks what changes, by server-sent events. */
export interface Live {
  /** Whether there was room. */
  join(response: ServerResponse): boolean;
  close(): void;
}

interface Viewer {
  readonly response: ServerResponse;
  /** It has not read yet what was sent: nothing more is kept for it. */
  behind: boolean;
  /** Something was not sent meanwhile, so it is told all anew once it has caught up. */
  missed: boolean;
}

/** Works only while somebody looks: what changed is noted by name, and looked up and written once for all viewers. */
export function createLive(options: LiveOptions): Live {
  const viewers = new Set<Viewer>();
  const touched = new Set<string>();
  let said = '';
  let watching: { readonly stop: () => void } | undefined;

  const send = (viewer: Viewer, text: string): void => {
    if (viewer.behind) viewer.missed = true;
    else viewer.behind = !viewer.response.write(text);
  };
  const tellAll = (viewer: Viewer): void => send(viewer, eventOf('snapshot', options.snapshot()));
  const catchUp = (viewer: Viewer): void => {
    const { missed } = viewer;
    viewer.behind = false;
    viewer.missed = false;
    if (missed) tellAll(viewer);
  };
  const tick = (): void => {
    const baselines = options.baselines();
    const text = JSON.stringify([options.leads(), baselines]);
    if (touched.size === 0 && text === said) return;
    const delta = deltaOf(options, touched, text === said ? undefined : baselines);
    said = text;
    touched.clear();
    const event = eventOf('delta', delta);
    for (const viewer of viewers) send(viewer, event);
  };
  const beat = (): void => {
    for (const viewer of viewers) if (!viewer.behind) send(viewer, ': here\n\n');
  };
  const watch = (): { readonly stop: () => void } => {
    touched.clear();
    said = '';
    const subscription: Subscription = options.touched$.subscribe((namespace) => touched.add(namespace));
    const timers = [setInterval(tick, EVERY_MS).unref(), setInterval(beat, HEARTBEAT_MS).unref()];
    return {
      stop: () => {
        subscription.unsubscribe();
        for (const timer of timers) clearInterval(timer);
      },
    };
  };
  const leave = (viewer: Viewer): void => {
    viewers.delete(viewer);
    if (viewers.size > 0) return;
    watching?.stop();
    watching = undefined;
  };

  return {
    join: (response) => {
      if (viewers.size >= MAX_VIEWERS) return false;
      const viewer: Viewer = { response, behind: false, missed: false };
      viewers.add(viewer);
      watching ??= watch();
      response.on('drain', () => catchUp(viewer));
      response.on('close', () => leave(viewer));
      tellAll(viewer);
      return true;
    },
    close: () => {
      for (const viewer of viewers) viewer.response.end();
    },
  };
}

function deltaOf(
  { leads, cell }: LiveOptions,
  touched: ReadonlySet<string>,
  baselines: readonly BaselineLine[] | undefined,
): Delta {
  const cells: Cell[] = [];
  const gone: string[] = [];
  for (const namespace of touched) {
    const now = cell(namespace);
    if (now === undefined) gone.push(namespace);
    else cells.push(now);
  }
  return { leads: leads(), cells, gone, ...(baselines === undefined ? {} : { baselines }) };
}

const eventOf = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
