import { setTimeout as sleep } from 'node:timers/promises';
import type { Discovery } from './kubeAdmin/discovery.ts';
import { createDiscovery } from './kubeAdmin/discovery.ts';
import { KubeAdminError } from './kubeAdmin/error.ts';
import { inOrder, readManifests } from './kubeAdmin/manifests.ts';
import type { AnyObject, NewObject } from './kubeAdmin/object.ts';
import type { KubeResponse, RequestOptions, Transport } from './kubeAdmin/transport.ts';
import { createTransport } from './kubeAdmin/transport.ts';
import type { WatchEvent } from './kubeAdmin/watch.ts';
import { watch } from './kubeAdmin/watch.ts';

export { KubeAdminError } from './kubeAdmin/error.ts';
export type { AnyObject, NewObject } from './kubeAdmin/object.ts';
export type { KubeResponse, RequestOptions } from './kubeAdmin/transport.ts';
export type { WatchEvent } from './kubeAdmin/watch.ts';

/**
 * A Kubernetes client for tests: JSON as the server sends it, no types, no caches, no retries. Paths are the server's,
 * e.g. /api/v1/namespaces/a. Every method but `request` and `find` throws KubeAdminError when the server refuses.
 */
export interface KubeAdmin {
  /** One request; any HTTP status resolves. A body that is a string is sent as it is. */
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<KubeResponse>;
  get(path: string): Promise<AnyObject>;
  /** Like get, but undefined when there is no such object. */
  find(path: string): Promise<AnyObject | undefined>;
  /** The items of a collection. */
  list(path: string, query?: RequestOptions['query']): Promise<readonly AnyObject[]>;
  /** POST to a path, e.g. of a subresource or a review. */
  post(path: string, body: unknown): Promise<AnyObject>;
  create(object: NewObject): Promise<AnyObject>;
  /** PUT; the object may carry a resourceVersion. */
  update(object: NewObject): Promise<AnyObject>;
  /** Merge patch of an object unless another content type is given. */
  patch(path: string, body: unknown, contentType?: string): Promise<AnyObject>;
  /** Deletes by path or object; one that is gone already is no error. */
  delete(target: string | NewObject, query?: RequestOptions['query']): Promise<void>;
  /**
   * Server-side apply (forced, field manager kube-admin) of a YAML file, a directory of them, or objects. Waits until
   * CRDs among them are served.
   */
  apply(source: string | NewObject | readonly NewObject[]): Promise<readonly AnyObject[]>;
  /** See kubeAdmin/watch.ts. Returns the function that stops it. */
  watch(path: string, onEvent: (event: WatchEvent) => void): Promise<() => void>;
  /** The path of an object, by the server's discovery. */
  pathOf(object: NewObject): Promise<string>;
  /** The same client as somebody else; it shares the connections. */
  impersonating(user: string, groups?: readonly string[]): KubeAdmin;
  /** Another client, with another kubeconfig; to be closed on its own. */
  asUser(kubeconfigPath: string): KubeAdmin;
  /** Cuts the connections, those of running watches too. */
  close(): Promise<void>;
}

/** A client with the server and credentials of a kubeconfig's current context. */
export function kubeAdmin(kubeconfigPath: string): KubeAdmin {
  const transport = createTransport(kubeconfigPath);
  return client(transport, createDiscovery(transport));
}

function client(transport: Transport, discovery: Discovery): KubeAdmin {
  const demand = async (method: string, path: string, body?: unknown, options?: RequestOptions) => {
    const response = await untilInitialized(() => transport.request(method, path, body, options));
    if (response.status >= 400) throw new KubeAdminError(`${method} ${path}`, response.status, response.body);
    return response.body;
  };
  const pathOf = async (object: NewObject) => `${await discovery.collectionPath(object)}/${object.metadata.name}`;
  const find = (path: string) => demand('GET', path).catch(undefinedIfGone);
  const applyOne = async (object: NewObject): Promise<AnyObject> => {
    const options = { contentType: 'application/apply-patch+yaml', query: { fieldManager: 'kube-admin', force: true } };
    return demand('PATCH', await pathOf(object), object, options);
  };
  return {
    request: (method, path, body, options) => transport.request(method, path, body, options),
    get: (path) => demand('GET', path),
    find,
    list: async (path, query = {}) => (await demand('GET', path, undefined, { query })).items,
    post: (path, body) => demand('POST', path, body),
    create: async (object) => demand('POST', await discovery.collectionPath(object), object),
    update: async (object) => demand('PUT', await pathOf(object), object),
    patch: (path, body, contentType) => demand('PATCH', path, body, contentType ? { contentType } : {}),
    async delete(target, query = {}) {
      const path = typeof target === 'string' ? target : await pathOf(target);
      await demand('DELETE', path, undefined, { query }).catch(undefinedIfGone);
    },
    async apply(source) {
      const objects = typeof source === 'string' ? readManifests(source) : inOrder([source].flat() as NewObject[]);
      const applied: AnyObject[] = [];
      for (const object of objects) {
        applied.push(await applyOne(object));
        if (object.kind === 'CustomResourceDefinition') await untilServed(find, await pathOf(object));
      }
      return applied;
    },
    watch: (path, onEvent) => watch(transport, path, onEvent),
    pathOf,
    impersonating: (user, groups = []) =>
      client(transport.withHeaders({ 'impersonate-user': user, 'impersonate-group': groups }), discovery),
    asUser: kubeAdmin,
    close: () => transport.close(),
  };
}

function undefinedIfGone(error: unknown): undefined {
  if (error instanceof KubeAdminError && error.status === 404) return undefined;
  throw error;
}

const ESTABLISHED_WITHIN_MS = 10_000;
const POLL_EVERY_MS = 25;
const INITIALIZED_WITHIN_MS = 10_000;

/** A kind that has just been made, or a server that has just started, answers 429 until its watch cache is filled. */
async function untilInitialized(send: () => Promise<KubeResponse>): Promise<KubeResponse> {
  const endMs = performance.now() + INITIALIZED_WITHIN_MS;
  for (;;) {
    const response = await send();
    const isFilling = response.status === 429 && /storage is \(re\)initializing/.test(response.body?.message);
    if (!isFilling || performance.now() > endMs) return response;
    await sleep(POLL_EVERY_MS);
  }
}

async function untilServed(find: KubeAdmin['find'], path: string): Promise<void> {
  const endMs = performance.now() + ESTABLISHED_WITHIN_MS;
  for (;;) {
    const conditions: readonly { readonly type: string; readonly status: string }[] =
      (await find(path))?.status?.conditions ?? [];
    if (conditions.some(({ type, status }) => type === 'Established' && status === 'True')) return;
    if (performance.now() > endMs) throw new Error(`${path} is not served: ${JSON.stringify(conditions)}`);
    await sleep(POLL_EVERY_MS);
  }
}
