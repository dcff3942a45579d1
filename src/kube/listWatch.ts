import { concat, defer, Observable, of } from 'rxjs';
import { pathOf } from '../k8s/kind.ts';
import type { WireEvent } from './decode.ts';
import { decodeEvent, decodeItem, MalformedError } from './decode.ts';
import { createLineSplitter } from './lines.ts';
import type { ListHead } from './listItems.ts';
import { createItemSplitter } from './listItems.ts';
import type { ByteReader } from './request.ts';
import type { Transport } from './transport.ts';
import type { Watched } from './watchEvent.ts';

/** Where a watch begins. */
export type WatchStart = { readonly resourceVersion: string } | 'streamingList';

/** An object of a list, or its end. */
export type ListEvent = WireEvent | { readonly type: 'listed'; readonly resourceVersion: string };

/**
 * One watch connection. Emits within the turn in which the bytes arrive; completes when the server closes cleanly; errors
 * with KubeError, UnreachableError, MalformedError or LineTooLongError. Unsubscribing closes the connection at once.
 */
export function openWatch(
  transport: Pick<Transport, 'follow'>,
  kind: Watched,
  start: WatchStart,
  timeoutSeconds: number,
): Observable<WireEvent> {
  // Without a resourceVersion a streaming list is consistent: as new as any write acknowledged before it (KEP-3157).
  const from: Record<string, string> =
    start === 'streamingList'
      ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }
      : { resourceVersion: start.resourceVersion };
  const query = {
    watch: 'true',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(timeoutSeconds),
    ...selectorsOf(kind),
    ...from,
  };
  return new Observable<WireEvent>((subscriber) => {
    const lines = createLineSplitter((line) => {
      if (!subscriber.closed && line.length > 0) subscriber.next(decodeEvent(kind, line));
    });
    const reader: ByteReader = {
      onData: (chunk) => guard(() => lines.push(chunk)),
      onEnd: () => {
        const cutBytes = lines.pendingBytes();
        if (cutBytes === 0) subscriber.complete();
        else subscriber.error(new MalformedError(`the last line was cut after ${cutBytes} bytes`));
      },
      onError: (error) => subscriber.error(error),
    };
    const guard = (read: () => void) => {
      try {
        read();
      } catch (error) {
        subscriber.error(error);
      }
    };
    return transport.follow({ method: 'GET', path: pathOf(kind, kind.namespace), query }, reader, 'own');
  });
}

/** A whole list in pages, on the pooled connections. A continue token that expired in between is an error with 410. */
export function listPages(
  transport: Pick<Transport, 'follow'>,
  kind: Watched,
  pageSize: number,
  token = '',
): Observable<ListEvent> {
  let head: ListHead = {};
  const next = defer((): Observable<ListEvent> => {
    const resourceVersion = head.metadata?.resourceVersion;
    if (resourceVersion === undefined) throw new MalformedError('a list without a version');
    const more = head.metadata?.continue ?? '';
    return more === '' ? of({ type: 'listed', resourceVersion }) : listPages(transport, kind, pageSize, more);
  });
  const keepHead = (read: ListHead) => {
    head = read;
  };
  return concat(listPage(transport, kind, pageSize, token, keepHead), next);
}

function listPage(
  transport: Pick<Transport, 'follow'>,
  kind: Watched,
  pageSize: number,
  token: string,
  onHead: (head: ListHead) => void,
): Observable<WireEvent> {
  const query = {
    limit: String(pageSize),
    ...selectorsOf(kind),
    ...(token === '' ? {} : { continue: token }),
  };
  return new Observable<WireEvent>((subscriber) => {
    const items = createItemSplitter((item) => {
      if (!subscriber.closed) subscriber.next(decodeItem(kind, item));
    });
    const reader: ByteReader = {
      onData: (chunk) => guard(() => items.push(chunk)),
      onEnd: () =>
        guard(() => {
          onHead(items.end());
          subscriber.complete();
        }),
      onError: (error) => subscriber.error(error),
    };
    const guard = (read: () => void) => {
      try {
        read();
      } catch (error) {
        subscriber.error(error instanceof SyntaxError ? new MalformedError('the list was cut') : error);
      }
    };
    return transport.follow({ method: 'GET', path: pathOf(kind, kind.namespace), query }, reader, 'pooled');
  });
}

const selectorsOf = ({ labelSelector, fieldSelector }: Watched): Record<string, string> => ({
  ...(labelSelector === undefined ? {} : { labelSelector }),
  ...(fieldSelector === undefined ? {} : { fieldSelector }),
});
