import type { KubeObject } from '../../../src/k8s/object.ts';
import type { Answer } from './answers.ts';
import { refusal } from './answers.ts';
import type { Route } from './route.ts';
import type { World } from './world.ts';

interface Metadata {
  readonly name?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** Reads and writes of single objects, with the API server's preconditions. */
export function answerObject(world: World, route: Route, method: string, body: Record<string, unknown>): Answer {
  if (method === 'POST') return create(world, route, body as KubeObject);
  const live = world.get(route);
  if (live === undefined) return refusal(404, { reason: 'NotFound' });
  if (method === 'GET') return { status: 200, body: live };
  const demanded = (method === 'DELETE' ? (body.preconditions ?? {}) : (body.metadata ?? {})) as Metadata;
  const { uid, resourceVersion } = live.metadata;
  if (demanded.uid !== undefined && demanded.uid !== uid) {
    return refusal(409, { reason: 'Conflict', message: 'Precondition failed: UID' });
  }
  if (demanded.resourceVersion !== undefined && demanded.resourceVersion !== resourceVersion) {
    return refusal(409, { reason: 'Conflict', message: 'the object has been modified' });
  }
  if (method === 'DELETE') {
    world.remove(route);
    return { status: 200, body: { kind: 'Status', apiVersion: 'v1', status: 'Success' } };
  }
  return { status: 200, body: world.put(route, (method === 'PUT' ? body : merge(live, body)) as KubeObject) };
}

function create(world: World, route: Route, body: KubeObject): Answer {
  const target = { ...route, name: body.metadata.name };
  if (world.get(target) !== undefined) return refusal(409, { reason: 'AlreadyExists' });
  return { status: 201, body: world.put(target, body) };
}

function merge(live: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = { ...(live as object) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key] ?? {}, value);
  }
  return result;
}
