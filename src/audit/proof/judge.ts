import type { AuditEvent, EventUser } from '../event.ts';
import { explain } from '../match.ts';
import type { AuditPolicy, Level } from '../policy.ts';
import type { Probe } from './probes.ts';

/** What the probes of one API server say of it. */
export type EndpointProof =
  | { readonly result: 'effective' }
  /** Events may still be on their way. */
  | { readonly result: 'waiting' }
  | {
      readonly result: 'different';
      readonly reason: 'OtherPolicyInForce' | 'LevelsDiffer' | 'EventsNotArriving';
      /** Which rule was expected, and what came. */
      readonly message: string;
    };

export interface Evidence {
  /** Of the probes, by their Audit-ID. */
  readonly seen: ReadonlyMap<string, readonly AuditEvent[]>;
  /** Nothing more is waited for. */
  readonly isOver: boolean;
}

/**
 * Whether an API server records the probes as a policy says. True needs every event that the policy asks for, each at its
 * level; an event that has not come is waited for until `isOver`.
 * @param user who sent the probes, as the API server knows them
 */
export function judge(
  policy: AuditPolicy,
  user: EventUser,
  probes: readonly Probe[],
  { seen, isOver }: Evidence,
): EndpointProof {
  const looks = probes.map((probe) => lookAt(policy, user, probe, seen.get(probe.auditId) ?? []));
  const hasCome = (kind: Probe['kind']): boolean =>
    looks.some(({ probe, came }) => probe.kind === kind && came !== undefined);
  if (hasCome('nobody')) return other('it records a mark that no policy of ours has');
  if (hasCome('before')) return other('it has the policy that was published before');
  const wrong = looks.filter(({ expected, came }) => (came ?? 'None') !== expected);
  const [differs] = wrong.filter(({ came }) => came !== undefined);
  const hasMark = hasCome('mark');
  if (wrong.length === 0) return { result: 'effective' };
  if (hasMark && differs !== undefined) return { result: 'different', reason: 'LevelsDiffer', message: said(differs) };
  if (!isOver) return { result: 'waiting' };
  if (looks.every(({ came }) => came === undefined)) {
    return { result: 'different', reason: 'EventsNotArriving', message: 'no event of any probe came' };
  }
  const [first] = wrong;
  if (!hasMark) return other(`its mark is not recorded${differs === undefined ? '' : `; ${said(differs)}`}`);
  return { result: 'different', reason: 'LevelsDiffer', message: first === undefined ? '' : said(first) };
}

const other = (message: string): EndpointProof => ({ result: 'different', reason: 'OtherPolicyInForce', message });

interface Look {
  readonly probe: Probe;
  readonly rule: number | undefined;
  readonly expected: Level;
  /** The level that was recorded; undefined: no event, or none yet. */
  readonly came: Level | undefined;
}

function lookAt(policy: AuditPolicy, user: EventUser, probe: Probe, events: readonly AuditEvent[]): Look {
  const { rule, level } = explain(policy, { user, ...probe.asked });
  return { probe, rule, expected: level, came: events.find(({ stage }) => stage === 'ResponseComplete')?.level };
}

function said({ probe, rule, expected, came }: Look): string {
  const { verb, target } = probe.asked;
  const what = target.type === 'path' ? target.path : target.resource;
  const says = rule === undefined ? 'no rule asks for one' : `rules[${rule}] says ${expected}`;
  return `${verb} ${what}: ${says}, and ${came === undefined ? 'no event came' : `an event of level ${came} came`}`;
}
