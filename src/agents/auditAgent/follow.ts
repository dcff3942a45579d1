import type { Observable } from 'rxjs';
import { filter, map, scan } from 'rxjs';
import { AUDIT_POLICY_NAME } from '../../api/names.ts';
import type { KindInfo } from '../../k8s/kind.ts';
import { pathOf } from '../../k8s/kind.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { isNotFound } from '../../kube/errors.ts';
import type { JsonTransport, Transport } from '../../kube/transport.ts';
import type { WatchEvent, WatchOptions } from '../../kube/watch.ts';
import { watchKind } from '../../kube/watch.ts';

export const CONFIG_MAP: KindInfo = {
  kind: 'ConfigMap',
  group: '',
  version: 'v1',
  plural: 'configmaps',
  namespaced: true,
};

/** What is known of the pointer; `undefined` as pointer: there is none. */
export interface PointerSight {
  readonly pointer: KubeObject | undefined;
}

interface Seen extends PointerSight {
  readonly isSettled: boolean;
}

/** The pointer of the operator's namespace, whenever it changes; never ends. Only that one object is asked for. */
export function followPointer(
  transport: Pick<Transport, 'follow'>,
  namespace: string,
  options: WatchOptions = {},
): Observable<PointerSight> {
  const watched = {
    ...CONFIG_MAP,
    namespace,
    fieldSelector: `metadata.name=${AUDIT_POLICY_NAME}`,
    project: (raw: KubeObject) => ({ body: raw }),
  };
  const start: Seen = { pointer: undefined, isSettled: false };
  return watchKind(transport, watched, options).pipe(
    scan(taken, start),
    filter(({ isSettled }) => isSettled),
    map(({ pointer }) => ({ pointer })),
  );
}

function taken(seen: Seen, event: WatchEvent): Seen {
  switch (event.type) {
    case 'init':
      return { pointer: undefined, isSettled: false };
    case 'initDone':
      return { ...seen, isSettled: true };
    case 'apply':
      return { ...seen, pointer: event.entry.body as KubeObject };
    case 'delete':
    case 'drop':
      return { ...seen, pointer: undefined };
    default:
      return seen;
  }
}

/** Undefined when there is none. Rejects as `JsonTransport.json` does. */
export const readConfigMap = (transport: JsonTransport, namespace: string, name: string): Promise<unknown> =>
  transport.json<unknown>({ method: 'GET', path: pathOf(CONFIG_MAP, namespace, name) }).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
