import type { AuditEvent } from '../event.ts';
import type { Observation } from './observation.ts';
import { permissionOf } from './permission.ts';

const CREATED = 201;

/**
 * Rights that a request which was answered well needed beside its own verb, and that never show as a verb of an event.
 * Both are `create` with the object's name, unlike a POST: a rule with resourceNames allows them.
 *
 * - A patch or an update that was answered 201 has created its object, and was authorized for that
 *   (apiserver/pkg/endpoints/handlers, patch.go and update.go, `withAuthorization`).
 * - exec, attach and portforward over a WebSocket are a `get`. Since 1.35 the server asks for `create` as well, as it did
 *   when they were a POST, so that a read-only role does not get into pods (kubernetes issue 133515; gate
 *   AuthorizePodWebsocketUpgradeCreatePermission, on by default). Older servers do not ask; a role from their logs would
 *   break at the upgrade, so the right is counted whatever the server.
 */
export function furtherChecks(event: AuditEvent): readonly Pick<Observation, 'permission' | 'name' | 'because'>[] {
  const { verb, target, code } = event;
  if (target.type === 'path') return [];
  const create = { permission: permissionOf({ ...event, verb: 'create' }), name: target.name };
  if ((verb === 'patch' || verb === 'update') && code === CREATED) return [{ ...create, because: 'created' }];
  if (verb === 'get' && isStream(target)) return [{ ...create, because: 'streamed' }];
  return [];
}

const STREAMS: readonly string[] = ['exec', 'attach', 'portforward'];

/** Whether a subresource is a way into a pod. */
export const isStream = (target: { group: string; resource: string; subresource: string }): boolean =>
  target.group === '' && target.resource === 'pods' && STREAMS.includes(target.subresource);
