import { seededRandom, seedOf } from './random.ts';
import type { FaultType, Match, ProxiedRequest, Rule } from './types.ts';

/** A rule in force. */
export interface ActiveRule {
  readonly rule: Rule;
  hits(): number;
  /** Resolves when the rule is lifted. */
  readonly over: Promise<void>;
  isOver(): boolean;
  lift(): void;
  /** Whether it meets this request; counted, and drawn where only a share is hit. */
  meets(request: ProxiedRequest): boolean;
}

/** The rules in force, oldest first. */
export interface RuleBook {
  add(rule: Rule): ActiveRule;
  /** The first rule that meets a request that has arrived. */
  find(request: ProxiedRequest): ActiveRule | undefined;
  all(): readonly ActiveRule[];
}

/** These are about the whole proxy, and nothing for a single request. */
const OF_ALL: ReadonlySet<FaultType> = new Set(['reset', 'outage']);
const OF_WATCHES: ReadonlySet<FaultType> = new Set(['errorEvent', 'truncate', 'closeWatches', 'replay']);
const OF_OTHERS: ReadonlySet<FaultType> = new Set(['loseAnswer']);
/** These meet watches that run already. */
const OF_RUNNING: ReadonlySet<FaultType> = new Set([
  'errorEvent',
  'cut',
  'truncate',
  'freeze',
  'closeWatches',
  'replay',
]);

/** Whether a fault meets watches that run when it begins. */
export const meetsRunning = (rule: Rule): boolean => OF_RUNNING.has(rule.fault.type);

export function createRuleBook(): RuleBook {
  const rules: ActiveRule[] = [];
  return {
    add: (rule) => {
      const active = activate(rule, () => void rules.splice(rules.indexOf(active), 1));
      rules.push(active);
      return active;
    },
    find: (request) => rules.find((active) => active.meets(request)),
    all: () => [...rules],
  };
}

function activate(rule: Rule, onLift: () => void): ActiveRule {
  const random = seededRandom(seedOf(JSON.stringify(rule)));
  const { promise: over, resolve } = Promise.withResolvers<void>();
  let hits = 0;
  let isOver = false;
  return {
    rule,
    hits: () => hits,
    over,
    isOver: () => isOver,
    lift: () => {
      if (isOver) return;
      isOver = true;
      onLift();
      resolve();
    },
    meets: (request) => {
      if (isOver || hits >= (rule.times ?? Number.POSITIVE_INFINITY)) return false;
      if (!isMeant(rule.fault.type, request) || !matches(rule.match, request)) return false;
      if (random() >= (rule.share ?? 1)) return false;
      hits += 1;
      return true;
    },
  };
}

const isMeant = (type: FaultType, { verb }: ProxiedRequest): boolean =>
  !OF_ALL.has(type) && (verb === 'watch' ? !OF_OTHERS.has(type) : !OF_WATCHES.has(type));

/** Whether a request is one of those meant. */
export const matches = (match: Match, request: ProxiedRequest): boolean =>
  (match.verbs?.includes(request.verb) ?? true) &&
  (match.resources?.includes(request.resource) ?? true) &&
  (match.subresource ?? request.subresource) === request.subresource &&
  (match.namespace ?? request.namespace) === request.namespace &&
  (match.name ?? request.name) === request.name &&
  request.userAgent.startsWith(match.userAgent ?? '');
