import type { AuditEvent } from '../event.ts';
import { furtherChecks } from './furtherChecks.ts';
import { impersonations } from './impersonations.ts';
import type { Ignored, Observation } from './observation.ts';
import type { Permission } from './permission.ts';
import { nameOf, permissionOf } from './permission.ts';

const FORBIDDEN = 403;
/** As a server writes it: in UTC, with microseconds, so that times sort as text. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/**
 * The rights an event is evidence of. Only what was authorized counts as use, also where the answer was 404, 409 or 422:
 * these come after the authorizer. What was denied is told and never becomes a right (a probe or an attacker would write
 * the role). The subject is who the request was made for; whoever made it for them used `impersonate`, whatever came of it.
 */
export function observationsIn(event: AuditEvent): readonly Observation[] | Ignored {
  if (event.stage !== 'ResponseComplete' && event.stage !== 'ResponseStarted') return 'unfinished';
  const subject = (event.impersonated ?? event.user).name;
  if (subject === '') return 'nobody';
  const outcome = outcomeOf(event);
  if (outcome === undefined) return 'undecided';
  const permission = permissionOf(event);
  if (!isComplete(permission) || !TIME.test(event.receivedAt)) return 'malformed';
  const asked: Observation = { subject, permission, name: nameOf(event), outcome, because: 'request' };
  const further = outcome === 'used' ? furtherChecks(event).map((check) => ({ ...asked, ...check })) : [];
  return [asked, ...further, ...impersonations(event)];
}

function outcomeOf({ decision, code }: AuditEvent): Observation['outcome'] | undefined {
  if (decision === 'forbid') return 'denied';
  if (decision !== 'allow' || code === undefined) return undefined;
  return code === FORBIDDEN ? 'refused' : 'used';
}

/** A method the server knows no verb for has none; no rule could name it. */
const isComplete = (permission: Permission): boolean =>
  permission.verb !== '' && (permission.type === 'path' ? permission.path : permission.resource) !== '';
