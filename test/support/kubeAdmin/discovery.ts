import { setTimeout as sleep } from 'node:timers/promises';
import type { NewObject } from './object.ts';
import type { Transport } from './transport.ts';

/** Turns objects into paths, as the API server's discovery says. */
export interface Discovery {
  /** Path of the collection the object belongs to, e.g. /api/v1/namespaces/a/configmaps. */
  collectionPath(object: NewObject): Promise<string>;
}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

// A CRD is served some moments after it is Established.
const RETRY_EVERY_MS = 50;
const GIVE_UP_AFTER_MS = 5_000;

/** Discovery that remembers what it found, per apiVersion, and asks again for what it does not know. */
export function createDiscovery(transport: Transport): Discovery {
  const known = new Map<string, readonly ApiResource[]>();

  const find = async (apiVersion: string, kind: string): Promise<ApiResource> => {
    const endMs = performance.now() + GIVE_UP_AFTER_MS;
    for (;;) {
      const resource = known.get(apiVersion)?.find((entry) => entry.kind === kind && !entry.name.includes('/'));
      if (resource) return resource;
      const { status, body } = await transport.request('GET', groupPath(apiVersion));
      if (status === 200) known.set(apiVersion, body.resources);
      const isKnown = known.get(apiVersion)?.some((entry) => entry.kind === kind);
      if (!isKnown && performance.now() > endMs) throw new Error(`the API server knows no ${kind} in ${apiVersion}`);
      if (!isKnown) await sleep(RETRY_EVERY_MS);
    }
  };

  return {
    async collectionPath({ apiVersion, kind, metadata }) {
      const { name, namespaced } = await find(apiVersion, kind);
      const scope = namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
      return `${groupPath(apiVersion)}${scope}/${name}`;
    },
  };
}

const groupPath = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
