import { record } from '../../k8s/json.ts';
import { createItemSplitter } from '../../kube/listItems.ts';
import { parsed } from './eventList.ts';

/** Takes a body that is too large to be kept whole, and keeps its events without what they carry. */
export interface BodyReducer {
  push(chunk: Buffer): void;
  /** An EventList again; undefined: it cannot be made one that is small enough. */
  end(): Buffer | undefined;
}

/**
 * Batches are bounded by the number of their events, not by their size: who may write large objects where bodies are recorded
 * could have a batch thrown away, with the one event in it that matters. What was sent and answered is not looked at here, but
 * whether there was such; so it goes, event by event, as the bytes come.
 */
export function createBodyReducer(limitBytes: number): BodyReducer {
  let items: string[] = [];
  let bytes = 0;
  let isLost = false;
  const splitter = createItemSplitter((item) => {
    const reduced = JSON.stringify(withoutBodies(parsed(item)));
    bytes += reduced.length + 1;
    if (bytes > limitBytes) throw new RangeError(`more than ${limitBytes} bytes without bodies`);
    items.push(reduced);
  });
  const attempt = <T>(run: () => T): T | undefined => {
    if (isLost) return undefined;
    try {
      return run();
    } catch {
      isLost = true;
      items = [];
      return undefined;
    }
  };
  return {
    push: (chunk) => attempt(() => splitter.push(chunk)),
    end: () =>
      attempt(() => {
        const { kind, apiVersion } = record(splitter.end());
        const body = Buffer.from(`${JSON.stringify({ kind, apiVersion }).slice(0, -1)},"items":[${items.join(',')}]}`);
        return kind === undefined || body.length > limitBytes ? undefined : body;
      }),
  };
}

/** That there was one stays to be seen. What is no event stays none. */
function withoutBodies(value: unknown): unknown {
  const event = record(value);
  const isGiven = (field: string): boolean => event[field] !== undefined && event[field] !== null;
  return {
    ...event,
    ...(isGiven('requestObject') ? { requestObject: {} } : {}),
    ...(isGiven('responseObject') ? { responseObject: {} } : {}),
  };
}
