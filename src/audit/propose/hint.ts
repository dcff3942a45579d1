import { describeResource } from '../usage/permission.ts';
import type { UsageEntry } from '../usage/usage.ts';

const STREAM = /^pods\/(exec|attach|portforward)$/;

/** What may be behind a 403 that came after the authorizer's yes. Guesses: the event does not say. */
export function hintOf({ permission }: UsageEntry): string {
  const admission = 'admission or a quota refused it';
  if (permission.type === 'path') return admission;
  const { verb, group, resource } = permission;
  const object = describeResource(permission);
  if (group === '' && verb === 'get' && STREAM.test(resource))
    return `create on ${object} may be missing, which is asked for too since 1.35`;
  if (group === 'rbac.authorization.k8s.io' && verb !== 'delete') {
    return `it would have granted rights that the requester does not hold, for which escalate or bind on ${object} is asked`;
  }
  return verb === 'patch' || verb === 'update'
    ? `create on ${object} may be missing, if there was no such object yet; or ${admission}`
    : admission;
}
