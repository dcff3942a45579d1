import type { AuditEvent } from '../event.ts';
import { allowedBy } from './allowedBy.ts';
import type { UsageLimits } from './limits.ts';
import { USAGE_LIMITS } from './limits.ts';
import { longRunning } from './longRunning.ts';
import type { Ignored, Observation } from './observation.ts';
import { observationsIn } from './observationsIn.ts';
import { permissionKey } from './permission.ts';
import type { SubjectTallies } from './subjectTallies.ts';
import { newSubject, subjectUsage, tallyFor } from './subjectTallies.ts';
import type { Occasion, Tally } from './tally.ts';
import { count, lengthen, newTally } from './tally.ts';
import type { Span, Usage } from './usage.ts';

/** Folds events into who used which right. It grows to its limits and no further, whatever is asked of the API server. */
export interface UsageIndex {
  /** An event, once: a webhook's retries are for the caller to tell apart. */
  add(event: AuditEvent): void;
  usage(): Usage;
}

/**
 * An empty index.
 * @param isWanted whose rights are kept: those of others take no room, and only widen the time that was observed
 */
export function usageIndex(
  limits: UsageLimits = USAGE_LIMITS,
  isWanted: (subject: string) => boolean = () => true,
): UsageIndex {
  const subjects = new Map<string, SubjectTallies>();
  const room = { used: limits.entries, denied: limits.aside, refused: limits.aside };
  const ignored: Record<Ignored, number> = { unfinished: 0, undecided: 0, nobody: 0, malformed: 0 };
  const dropped = { oversized: 0, used: 0, denied: 0, refused: 0 };
  const running = longRunning(limits.longRunning);
  let observed: Span | undefined;
  let events = 0;

  const add = (event: AuditEvent): void => {
    events += 1;
    if (isOversized(event, limits)) {
      dropped.oversized += 1;
      return;
    }
    const evidence = observationsIn(event);
    if (typeof evidence === 'string') {
      ignored[evidence] += 1;
      return;
    }
    const occasion = { at: event.receivedAt, allowedBy: allowedBy(event.reason) };
    observed = widened(observed, occasion.at);
    const isEnd = running.isEnd(event);
    for (const one of evidence) {
      if (!isWanted(one.subject)) continue;
      if (isEnd) lengthenTally(one, event);
      else countOne(one, occasion, event);
    }
  };

  const lengthenTally = (evidence: Observation, event: AuditEvent): void => {
    const tally = tallyFor(subjects.get(evidence.subject), evidence);
    if (tally !== undefined) lengthen(tally, event.stageAt);
  };

  const countOne = (evidence: Observation, occasion: Occasion, event: AuditEvent): void => {
    const subject = subjectFor(evidence.subject);
    if (subject !== undefined) subject.groups = groupsOf(event, evidence).slice(0, MAX_GROUPS);
    const tally = tallyFor(subject, evidence) ?? openTally(subject, evidence, occasion.at);
    if (tally !== undefined) {
      // What allowed the request did not allow the checks beside it; the event does not say what did.
      count(
        tally,
        evidence,
        evidence.because === 'request' ? occasion : { at: occasion.at, allowedBy: undefined },
        limits,
      );
      return;
    }
    dropped[evidence.outcome] += 1;
    if (subject !== undefined && evidence.outcome === 'used') subject.dropped += 1;
  };

  const subjectFor = (name: string): SubjectTallies | undefined => {
    const known = subjects.get(name);
    if (known !== undefined || subjects.size >= limits.subjects) return known;
    const subject = newSubject();
    subjects.set(name, subject);
    return subject;
  };

  const openTally = (subject: SubjectTallies | undefined, evidence: Observation, at: string): Tally | undefined => {
    const { outcome, permission } = evidence;
    if (subject === undefined || room[outcome] === 0 || isFull(subject, evidence, limits)) return undefined;
    room[outcome] -= 1;
    if (outcome === 'used' && permission.type === 'path') subject.paths += 1;
    const tally = newTally(permission, at);
    subject[outcome].set(permissionKey(permission), tally);
    return tally;
  };

  return {
    add,
    usage: () => ({
      subjects: new Map(
        [...subjects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, subjectUsage(one)]),
      ),
      observed,
      events,
      ignored: { ...ignored },
      dropped: { ...dropped, longRunning: running.forgotten() },
    }),
  };
}

/** The usage that a stretch of events shows. */
export function usageOf(events: Iterable<AuditEvent>, limits: UsageLimits = USAGE_LIMITS): Usage {
  const index = usageIndex(limits);
  for (const event of events) index.add(event);
  return index.usage();
}

const MAX_GROUPS = 64;

function isFull(subject: SubjectTallies, { outcome, permission }: Observation, limits: UsageLimits): boolean {
  if (outcome !== 'used') return subject[outcome].size >= limits.asidePerSubject;
  if (permission.type === 'path' && subject.paths >= limits.pathsPerSubject) return true;
  return subject.used.size >= limits.entriesPerSubject;
}

function isOversized(event: AuditEvent, { textLength }: UsageLimits): boolean {
  const { auditId, user, impersonated, verb, target, receivedAt, stageAt } = event;
  const texts = [auditId, verb, receivedAt, stageAt, ...Object.values(target)];
  const who = [user, ...(impersonated === undefined ? [] : [impersonated])];
  return [...texts, ...who.flatMap(({ name, groups }) => [name, ...groups])].some((text) => text.length > textLength);
}

/** The impersonator's own groups for its edge, else those the request was authorized with. */
const groupsOf = ({ user, impersonated }: AuditEvent, { because }: Observation): readonly string[] =>
  because === 'impersonated' || impersonated === undefined ? user.groups : impersonated.groups;

const widened = (span: Span | undefined, at: string): Span => ({
  first: span === undefined || at < span.first ? at : span.first,
  last: span === undefined || at > span.last ? at : span.last,
});
