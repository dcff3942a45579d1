import type { KindRow } from '../../core/kinds/kinds.ts';
import { POLICY_REPORT_KINDS, policyReportKindsIn } from '../../core/kinds/policyReportKinds.ts';
import type { Store } from '../../kube/store.ts';
import type { ApplyPorts } from '../ports.ts';

/** What became of a kind of reports that others show. */
export interface PolicyReportNote {
  readonly kind: string;
  readonly group: string;
  readonly state: 'written' | 'rightMissing' | 'notServed';
}

export interface PolicyReportApisOptions {
  readonly store: Pick<Store, 'isSynced'>;
  readonly lacksRight: ApplyPorts['lacksRight'];
  readonly ensureWatched: (kinds: readonly string[]) => void;
  /** Hears of a kind when that changes. */
  readonly onPolicyReports: (note: PolicyReportNote) => void;
}

/** Which kinds of reports for others can be written: those that are served, where we have the right to. */
export interface PolicyReportApis {
  /** What discovery found. */
  served(groups: readonly string[]): void;
  /** Asks for the rights to what is served. The answer to an older question does not count. */
  find(): Promise<void>;
  /** The kind to write, once its live objects are known. */
  target(): KindRow | undefined;
  /** Kinds of which one is left from the time when it was the target. */
  others(): readonly KindRow[];
  /** The right was taken away. */
  withdraw(kind: KindRow): void;
}

export function createPolicyReportApis(options: PolicyReportApisOptions): PolicyReportApis {
  const { store, lacksRight, ensureWatched, onPolicyReports } = options;
  const states = new Map<string, PolicyReportNote['state']>();
  let groups: readonly string[] = [];
  let usable: readonly KindRow[] = [];
  let asked = 0;
  const note = ({ kind, group }: KindRow, state: PolicyReportNote['state']): void => {
    const before = states.get(kind) ?? 'notServed';
    states.set(kind, state);
    if (state !== before) onPolicyReports({ kind, group, state });
  };
  const noteAll = (served: readonly KindRow[]): void => {
    for (const row of POLICY_REPORT_KINDS) {
      if (!served.includes(row)) note(row, 'notServed');
      else note(row, usable.includes(row) ? 'written' : 'rightMissing');
    }
  };
  const isKnown = ({ kind }: KindRow): boolean => store.isSynced(kind);
  return {
    served: (found) => {
      groups = found;
    },
    find: async () => {
      asked += 1;
      const question = asked;
      const served = policyReportKindsIn(groups);
      // What is created has no name yet: of all verbs, this one is granted for any name or not at all.
      const lacks = await Promise.all(served.map(({ kind }) => lacksRight('create', kind, '')));
      if (question !== asked) return;
      usable = served.filter((row, at) => lacks[at] === false || (lacks[at] === undefined && usable.includes(row)));
      ensureWatched(usable.map(({ kind }) => kind));
      noteAll(served);
    },
    target: () => usable.slice(0, 1).find(isKnown),
    others: () => usable.slice(1).filter(isKnown),
    withdraw: (row) => {
      usable = usable.filter((one) => one !== row);
      note(row, 'rightMissing');
    },
  };
}
