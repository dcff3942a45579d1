import type { Observable } from 'rxjs';
import { filter, map } from 'rxjs';
import type { KubeObject } from '../k8s/object.ts';
import { LEASE } from './leaseRecord.ts';
import type { Transport } from './transport.ts';
import type { WatchOptions } from './watch.ts';
import { watchKind } from './watch.ts';

/**
 * One Lease whenever it changes, `undefined` when it was deleted; never ends. So one that is given up is taken in
 * milliseconds and not at the next look, and its last renewal is known when the API server goes. Nothing rests on it.
 */
export function leaseChanges(
  transport: Pick<Transport, 'follow'>,
  place: { readonly namespace: string; readonly name: string },
  options: WatchOptions = {},
): Observable<KubeObject | undefined> {
  const watched = {
    ...LEASE,
    namespace: place.namespace,
    fieldSelector: `metadata.name=${place.name}`,
    project: (raw: KubeObject) => ({ body: raw }),
  };
  return watchKind(transport, watched, options).pipe(
    filter((event) => event.type === 'apply' || event.type === 'delete'),
    map((event) => (event.type === 'apply' ? (event.entry.body as KubeObject) : undefined)),
  );
}
