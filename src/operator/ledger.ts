import type { Observable } from 'rxjs';
import { Subject } from 'rxjs';
import type { Governance } from '../core/govern/governance.ts';
import type { Finding } from '../core/model/finding.ts';
import { lasting } from '../core/outcome/lasting.ts';
import type { BaselineOutcome, Failure, Outcome, SectionRole } from '../core/outcome/outcome.ts';
import type { Contribution, Tally } from '../core/outcome/tally.ts';
import { versionOf } from '../core/outcome/tally.ts';
import { isBad } from '../core/outcome/worst.ts';

/** The last outcome of each namespace and running counts per baseline: one outcome costs what it contains. */
export interface Ledger {
  /** Says who should govern a namespace: what has no outcome of that generation yet is pending. */
  expect(governance: Governance): void;
  record(outcome: Outcome): void;
  /** The namespace is gone. */
  forget(namespace: string): void;
  tally(baseline: string): Tally;
  /** Baselines that any namespace counts for. */
  baselines(): Iterable<string>;
  /** What lasts of the last one. */
  outcome(namespace: string): Outcome | undefined;
  /** Objects that somebody keeps changing, over all namespaces. */
  contested(): number;
  /** Namespaces that count for any baseline. */
  namespaces(): Iterable<string>;
  /** What a namespace adds to each baseline that it counts for. */
  standing(namespace: string): ReadonlyMap<string, Contribution | 'pending'>;
  /** Emits a baseline's name whenever its tally may have changed. */
  readonly changed$: Observable<string>;
  /** Emits a namespace's name whenever its standing may have changed. */
  readonly touched$: Observable<string>;
}

interface Account {
  readonly members: Map<string, Contribution | 'pending'>;
  readonly counts: Record<keyof Tally['counts'], number>;
  readonly findings: Map<string, number>;
  readonly sections: Map<SectionRole, number>;
  readonly versions: Map<string, number>;
  readonly bad: Map<string, Contribution>;
  readonly failures: Map<Failure['reason'], number>;
}

/** `nowMs` dates the moment a namespace stopped being compliant; the first look after a start counts as time 0. */
export function createLedger(nowMs: () => number): Ledger {
  const accounts = new Map<string, Account>();
  const outcomes = new Map<string, Outcome>();
  const memberships = new Map<string, ReadonlySet<string>>();
  /** Who should govern each namespace. */
  const expected = new Map<string, Claims>();
  const changed = new Subject<string>();
  const touched = new Subject<string>();
  let contested = 0;

  const put = (baseline: string, namespace: string, next: Contribution | 'pending' | undefined): void => {
    const account = accounts.get(baseline) ?? newAccount();
    accounts.set(baseline, account);
    replace(account, namespace, next);
    if (account.members.size === 0) accounts.delete(baseline);
    changed.next(baseline);
  };

  const join = (namespace: string, baselines: ReadonlySet<string>): void => {
    for (const left of memberships.get(namespace) ?? []) if (!baselines.has(left)) put(left, namespace, undefined);
    if (baselines.size === 0) memberships.delete(namespace);
    else memberships.set(namespace, baselines);
  };

  return {
    expect: (governance) => {
      const claims = claimsOf(governance);
      expected.set(governance.namespace, claims);
      join(governance.namespace, new Set(claims.keys()));
      for (const [baseline, version] of claims) {
        const member = accounts.get(baseline)?.members.get(governance.namespace);
        const current = member !== undefined && (member === 'pending' || versionOf(member) === version);
        if (!current) put(baseline, governance.namespace, 'pending');
      }
      touched.next(governance.namespace);
    },
    record: (outcome) => {
      const first = !outcomes.has(outcome.namespace);
      contested += outcome.contested - (outcomes.get(outcome.namespace)?.contested ?? 0);
      outcomes.set(outcome.namespace, lasting(outcome));
      // A look that began before an edit says nothing about the edit: what is pending stays so until the next.
      if (!sameClaims(claimsOf(outcome.governance), expected.get(outcome.namespace))) return;
      join(outcome.namespace, new Set(outcome.baselines.map(({ baseline }) => baseline)));
      for (const part of outcome.baselines) {
        const old = accounts.get(part.baseline)?.members.get(outcome.namespace);
        put(part.baseline, outcome.namespace, contributionOf(part, old, first ? 0 : nowMs()));
      }
      touched.next(outcome.namespace);
    },
    forget: (namespace) => {
      join(namespace, new Set());
      expected.delete(namespace);
      contested -= outcomes.get(namespace)?.contested ?? 0;
      outcomes.delete(namespace);
      touched.next(namespace);
    },
    tally: (baseline) => accounts.get(baseline) ?? newAccount(),
    baselines: () => accounts.keys(),
    outcome: (namespace) => outcomes.get(namespace),
    contested: () => contested,
    namespaces: () => memberships.keys(),
    standing: (namespace) =>
      new Map(
        [...(memberships.get(namespace) ?? [])].map((baseline) => [
          baseline,
          accounts.get(baseline)?.members.get(namespace) ?? 'pending',
        ]),
      ),
    changed$: changed,
    touched$: touched,
  };
}

const newAccount = (): Account => ({
  members: new Map(),
  counts: { compliant: 0, drifted: 0, failed: 0, unknown: 0, waived: 0, pending: 0, retained: 0 },
  findings: new Map(),
  sections: new Map(),
  versions: new Map(),
  bad: new Map(),
  failures: new Map(),
});

/** The version of each baseline that governs or casts a shadow, by name. */
type Claims = ReadonlyMap<string, string>;

function claimsOf(governance: Governance): Claims {
  const claims = governance.sections.flatMap(({ governor, shadows }) => [...(governor ? [governor] : []), ...shadows]);
  return new Map(claims.map(({ baseline }) => [baseline.name, versionOf(baseline)]));
}

/** What nobody announced counts as it comes. */
const sameClaims = (claims: Claims, other: Claims | undefined): boolean =>
  other === undefined ||
  (claims.size === other.size && [...claims].every(([baseline, version]) => other.get(baseline) === version));

function contributionOf(part: BaselineOutcome, old: Contribution | 'pending' | undefined, nowMs: number): Contribution {
  const { uid, generation, oldest = generation, state, retained, sections = [], findings, failure } = part;
  const was = old === undefined || old === 'pending' ? undefined : old;
  const sinceMs = was !== undefined && was.state !== 'compliant' ? was.sinceMs : nowMs;
  return { uid, generation, oldest, state, retained, sections, findings, failure, sinceMs };
}

/** Takes the old contribution out of the sums and puts the new one in. */
function replace(account: Account, namespace: string, next: Contribution | 'pending' | undefined): void {
  const old = account.members.get(namespace);
  if (old !== undefined) sum(account, old, -1);
  account.bad.delete(namespace);
  if (next === undefined) account.members.delete(namespace);
  else {
    account.members.set(namespace, next);
    sum(account, next, 1);
    if (next !== 'pending' && isBad(next)) account.bad.set(namespace, next);
  }
}

function sum(account: Account, contribution: Contribution | 'pending', sign: 1 | -1): void {
  if (contribution === 'pending') {
    account.counts.pending += sign;
    return;
  }
  // A retained namespace is counted apart: it is held, but no longer selected (DESIGN §2.1).
  account.counts[contribution.retained ? 'retained' : contribution.state] += sign;
  const { uid, generation, oldest = generation } = contribution;
  bump(account.versions, versionOf({ uid, generation: oldest }), sign);
  for (const role of contribution.sections ?? []) bump(account.sections, role, sign);
  for (const finding of contribution.findings) bump(account.findings, findingKey(finding), sign);
  if (contribution.failure !== undefined) bump(account.failures, contribution.failure.reason, sign);
}

export const findingKey = ({ control, severity, result }: Finding): string => `${control} ${severity} ${result}`;

function bump<K>(counts: Map<K, number>, key: K, by: number): void {
  const next = (counts.get(key) ?? 0) + by;
  if (next === 0) counts.delete(key);
  else counts.set(key, next);
}
