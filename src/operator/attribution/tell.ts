import type { LoggedWrite } from '../../audit/attribution/author.ts';
import { objectName, quoteForeign } from '../../core/model/finding.ts';
import type { Drift } from '../../core/plan/changeResult.ts';
import type { EventRecorder } from '../../kube/events.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { noteOn } from '../sinks/eventsSink.ts';

/** So many users have a series of their own; names are chosen by others, so there may be as many as they like. */
const MAX_USERS = 50;
/** A user may not be called so: RBAC and every authenticator keep names without the colon for people and `system:` for itself. */
const OTHERS = ':others';

export interface AuthorTelling {
  author(drift: Drift, author: LoggedWrite): void;
  unknown(drift: Drift): void;
}

/** Tells who is behind drift: a line in the log, an Event on the object, a count by user. */
export function createAuthorTelling(events: EventRecorder, logger: Logger, metrics: Metrics): AuthorTelling {
  const users = new Set<string>();
  const labelOf = (user: string): string => {
    if (!users.has(user) && users.size >= MAX_USERS) return OTHERS;
    users.add(user);
    return quoteForeign(user);
  };
  const count = ({ baseline, control }: Drift, user: string): void =>
    metrics.count('drawbridge_drift_attributed_total', { baseline, control, user });
  return {
    author: (drift, { user, impersonator, userAgent, at, verb }) => {
      const object = objectName(drift.ref);
      logger.warn('drift attributed', { object, change: drift.change, user, impersonator, userAgent, at });
      const through = impersonator === undefined ? '' : `, impersonated by ${quoteForeign(impersonator)}`;
      const note = `${object} was ${drift.change} by user ${quoteForeign(user)}${through}; by the audit log, which has it as ${verb}`;
      events.record(noteOn(drift.ref, 'Warning', 'DriftAttributed', 'Attribute', note));
      count(drift, labelOf(user));
    },
    // An empty label is no label in Prometheus.
    unknown: (drift) => count(drift, ''),
  };
}
