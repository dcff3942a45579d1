import { createInterface } from 'node:readline';
import { KubeAdminError } from './error.ts';
import type { AnyObject } from './object.ts';
import type { Transport } from './transport.ts';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: AnyObject;
}

/**
 * Watches a collection until stopped, or until the server ends it: there is no reconnect, a test sees what one
 * connection brought. Resolves when the server has answered: nothing that happens from then on is missed.
 * @param path of the collection, with a query of its own or none; without resourceVersion, what exists comes as ADDED
 * @returns a function that stops the watch
 * @throws KubeAdminError when the server refuses
 */
export async function watch(
  transport: Transport,
  path: string,
  onEvent: (event: WatchEvent) => void,
): Promise<() => void> {
  const abort = new AbortController();
  const { statusCode, body } = await transport.stream(
    `${path}${path.includes('?') ? '&' : '?'}watch=true`,
    abort.signal,
  );
  if (statusCode !== 200)
    throw new KubeAdminError(`WATCH ${path}`, statusCode, await body.json().catch(() => undefined));
  // The end of the stream, ours by abort or the server's, is no error here; readline passes its input's errors on.
  const lines = createInterface(body);
  for (const source of [body, lines]) source.on('error', () => undefined);
  lines.on('line', (line) => {
    if (!abort.signal.aborted) onEvent(JSON.parse(line));
  });
  return () => abort.abort();
}
