import type { AuditEvent, EventUser } from '../../audit/event.ts';

/** Longer than any name that Kubernetes gives out; a request's headers hold a megabyte. */
const NAME_CHARACTERS = 256;
const PATH_CHARACTERS = 1024;
const GROUPS = 32;

/** An event as it is kept: what clients may make as long as they like is cut. At most about 12 KB, mostly below 1 KB. */
export function boundedEvent(event: AuditEvent): AuditEvent {
  return {
    ...event,
    auditId: cut(event.auditId),
    user: boundedUser(event.user),
    impersonated: event.impersonated === undefined ? undefined : boundedUser(event.impersonated),
    verb: cut(event.verb),
    target: boundedTarget(event.target),
    reason: cut(event.reason),
    receivedAt: cut(event.receivedAt),
    stageAt: cut(event.stageAt),
    userAgent: cut(event.userAgent),
  };
}

const cut = (text: string, characters = NAME_CHARACTERS): string =>
  text.length > characters ? copyOf(text.slice(0, characters)) : text;

/** A slice of a string holds on to the whole of it for as long as it lives, be that a megabyte; a copy does not. */
const copyOf = (text: string): string => Buffer.from(text).toString();

const boundedUser = ({ name, groups }: EventUser): EventUser => ({
  name: cut(name),
  groups: groups.slice(0, GROUPS).map((group) => cut(group)),
});

function boundedTarget(target: AuditEvent['target']): AuditEvent['target'] {
  // A path is itself a slice: of the URI, from which its query was cut.
  if (target.type === 'path') return { type: 'path', path: copyOf(cut(target.path, PATH_CHARACTERS)) };
  return {
    type: 'resource',
    group: cut(target.group),
    resource: cut(target.resource),
    subresource: cut(target.subresource),
    namespace: cut(target.namespace),
    name: cut(target.name),
  };
}
