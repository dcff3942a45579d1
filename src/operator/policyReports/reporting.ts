import { POLICY_REPORT_KINDS } from '../../core/kinds/policyReportKinds.ts';
import type { Outcome } from '../../core/outcome/outcome.ts';
import type { Store } from '../../kube/store.ts';
import type { Clock } from '../clock.ts';
import { CONCURRENCY } from '../concurrency.ts';
import { createPolicyReportsController } from '../controllers/policyReports.ts';
import type { GiveWay } from '../giveWay.ts';
import type { Governances } from '../governances.ts';
import type { ApplyPorts } from '../ports.ts';
import type { Queue } from '../queue.ts';
import { createQueue } from '../queue.ts';
import type { PolicyReportNote } from './apis.ts';
import { createPolicyReportApis } from './apis.ts';

export interface PolicyReportingOptions {
  readonly clock: Clock;
  readonly store: Store;
  readonly ports: ApplyPorts;
  readonly governances: Governances;
  readonly outcome: (namespace: string) => Outcome | undefined;
  readonly giveWay: GiveWay;
  readonly ensureWatched: (kinds: readonly string[]) => void;
  readonly onPolicyReports: (note: PolicyReportNote) => void;
}

/** The reports that others show: which kind, for which namespaces, and the queue that writes them. */
export interface PolicyReporting {
  readonly queue: Queue;
  /** From now on it writes: a standby neither asks for rights nor watches these. */
  begin(): void;
  /** What discovery found. */
  served(groups: readonly string[]): void;
  /** There may be something new to tell of a namespace. */
  add(namespace: string): void;
  /** A kind was listed: the first time, or anew after it was away. */
  listed(kind: string): void;
}

export function createPolicyReporting(options: PolicyReportingOptions): PolicyReporting {
  const { clock, store, ports, giveWay } = options;
  const { lacksRight } = ports;
  const apis = createPolicyReportApis({ ...options, lacksRight });
  const queue = createQueue(createPolicyReportsController({ ...options, apis }), {
    clock,
    concurrency: CONCURRENCY.policyReports,
    giveWayMs: giveWay.ticketMs,
  });
  let working = false;
  const addAll = (): void => {
    if (!working || apis.target() === undefined) return;
    for (const { name } of store.ofKind('Namespace')) queue.add(name, 'bulk');
  };
  const find = async (): Promise<void> => {
    const before = apis.target();
    await apis.find();
    if (apis.target() !== before) addAll();
  };
  return {
    queue,
    begin: () => {
      working = true;
      void find();
    },
    served: (groups) => {
      apis.served(groups);
      if (working) void find();
    },
    add: (namespace) => {
      if (apis.target() !== undefined) queue.add(namespace, 'bulk');
    },
    listed: (kind) => {
      if (POLICY_REPORT_KINDS.some((row) => row.kind === kind)) addAll();
    },
  };
}
