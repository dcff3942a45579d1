import type { LoggedRequest } from '../../support/faultProxy.ts';
import { peakPerSecond, summary } from '../../support/faultProxy.ts';
import { OPERATOR_USER } from '../../support/install.ts';
import type { Observation, Violation } from '../observation.ts';
import type { Write } from '../write.ts';

/**
 * A failed key is tried again after 5, 10, 20 … ms (src/operator/retries.ts), half of that at least: nine times in its first
 * second, and seldom after it. Whatever changes asks for another look, whose failures count as one more try each.
 */
const TRIES = 9;
/** What one look can write into a namespace: the deny, four allows, three rules, a Role, a binding, and what to prune. */
const OBJECTS = 12;
/** What fails in the first stage is sent once more at once, and what conflicts up to twice. */
const SENDS = 3;
/** A watch or list that fails comes again after 50, 100 … ms, half of that at least (src/kube/backoff.ts): six times. */
const OPENINGS = 6;
/** An API server that answers again after an outage resets the back-off, and so does a version that has expired. */
const RESETS = 3;
/** src/kube/events.ts. */
const EVENTS = 60;
/** A look at the Lease is a read and a write, ten times a second at most (src/kube/lease.ts). */
const LEASE = 20;

/** Requests of one kind, and how many there may be in a second. */
interface Class {
  readonly name: string;
  /** `changes`: what was written in and before that second, by whomever, of what the class is about. */
  readonly most: (changes: number) => number;
  readonly isAbout: (write: Write) => boolean;
}

/** However it fails, the operator asks no more of the API server than its back-offs let it. */
export function rateViolations({ requests, writes }: Observation): readonly Violation[] {
  const byClass = new Map<string, { readonly class: Class; readonly requests: LoggedRequest[] }>();
  for (const request of requests) {
    const found = classOf(request);
    const known = byClass.get(found.name) ?? { class: found, requests: [] };
    byClass.set(found.name, known);
    known.requests.push(request);
  }
  return [...byClass.values()].flatMap((one) => tooMany(one.class, one.requests, writes));
}

/** The most requests in one second, of all kinds. */
export const peakOf = ({ requests }: Observation): number => peakPerSecond(requests);

function tooMany(about: Class, requests: readonly LoggedRequest[], writes: readonly Write[]): readonly Violation[] {
  const changes = writes.filter(({ code, user }) => code < 300 && user !== OPERATOR_USER).filter(about.isAbout);
  let first = 0;
  for (const [last, { atMs }] of requests.entries()) {
    while ((requests[first]?.atMs ?? atMs) <= atMs - 1_000) first += 1;
    const count = last - first + 1;
    const most = about.most(changes.filter((change) => change.atMs > atMs - 2_000 && change.atMs <= atMs).length);
    if (count <= most) continue;
    const window = requests.slice(first, last + 1);
    const what = `${about.name}: ${count} in the second before ${new Date(atMs).toISOString()}, ${most} are explained; ${summary(window)}`;
    return [{ rule: 'the operator storms nobody', what }];
  }
  return [];
}

const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
const NEVER = (): boolean => false;

function classOf(request: LoggedRequest): Class {
  const { verb, resource, namespace, name, userAgent } = request;
  if (resource === 'events') return { name: 'Events', most: () => EVENTS, isAbout: NEVER };
  if (resource === 'leases') return { name: `the Lease, ${userAgent}`, most: () => LEASE, isAbout: NEVER };
  if (READS.has(verb)) {
    const isAbout = (write: Write) => write.resource === resource;
    return { name: `reads of ${resource}, ${userAgent}`, most: (changes) => OPENINGS * RESETS + changes, isAbout };
  }
  if (resource === 'securitybaselines' || resource === 'baselinereports') {
    const isAbout = (write: Write) => write.namespace === namespace || write.resource === resource;
    const object = `${resource} ${namespace}/${name}`;
    return { name: `writes of ${object}`, most: (changes) => (TRIES + changes) * SENDS, isAbout };
  }
  const isAbout = (write: Write) => write.namespace === namespace || write.resource === 'securitybaselines';
  return { name: `writes in ${namespace}`, most: (changes) => (TRIES + changes) * OBJECTS * SENDS, isAbout };
}
