import { MANAGED_BY, MANAGED_BY_LABEL, REPORT_NAME } from '../../api/names.ts';
import type { KindRow } from '../../core/kinds/kinds.ts';
import type { OversizedBody, WholeBody } from '../../core/model/bodies.ts';
import type { Outcome } from '../../core/outcome/outcome.ts';
import type { PolicyReportBody } from '../../core/outcome/policyReport.ts';
import { policyReportOf } from '../../core/outcome/policyReport.ts';
import { canonical } from '../../core/plan/diff.ts';
import type { Entry } from '../../k8s/entry.ts';
import { apiVersionOf } from '../../k8s/kind.ts';
import { isForbidden, isNotFound } from '../../kube/errors.ts';
import type { Clock } from '../clock.ts';
import type { Governances } from '../governances.ts';
import type { PolicyReportApis } from '../policyReports/apis.ts';
import type { ApplyPorts } from '../ports.ts';
import type { Work, WorkResult } from '../queue.ts';
import { isFree, removeReport, writeReport } from '../reportWrites.ts';

export interface PolicyReportsOptions {
  readonly clock: Clock;
  readonly governances: Governances;
  readonly ports: ApplyPorts;
  readonly apis: PolicyReportApis;
  readonly outcome: (namespace: string) => Outcome | undefined;
}

/** Dashboards poll, and every write is kept by etcd for minutes: less often than our own report. */
const MIN_INTERVAL_MS = 5_000;
const DONE: WorkResult = { result: 'done' };

type Live = Entry<WholeBody | OversizedBody>;

/** Keeps a report in each governed namespace for those who show such reports; written only when it changes. */
export function createPolicyReportsController(options: PolicyReportsOptions): (work: Work) => Promise<WorkResult> {
  const { clock, governances, ports, apis } = options;
  const written = new Map<string, number>();
  const liveOf = ({ kind }: KindRow, namespace: string): readonly Live[] => {
    const live = ports.index.get(kind, namespace, REPORT_NAME) as Live | undefined;
    return live === undefined ? [] : [live];
  };
  /** The successor is there before the one from before goes. */
  const write = async (key: string, target: KindRow, outcome: Outcome): Promise<WorkResult> => {
    const [live] = liveOf(target, key);
    const body = policyReportOf(outcome, target.kind);
    if (!isRight(live, body)) {
      const dueMs = (written.get(key) ?? Number.NEGATIVE_INFINITY) + MIN_INTERVAL_MS;
      if (clock.nowMs() < dueMs) return { result: 'done', againAtMs: dueMs };
      const metadata = { name: REPORT_NAME, namespace: key, labels: { [MANAGED_BY_LABEL]: MANAGED_BY } };
      await writeReport(ports, live, { apiVersion: apiVersionOf(target), kind: target.kind, metadata, ...body });
      written.set(key, clock.nowMs());
    }
    await removeAll(apis.others(), key);
    return DONE;
  };
  const removeAll = async (kinds: readonly KindRow[], key: string): Promise<void> => {
    for (const live of kinds.flatMap((row) => liveOf(row, key))) await removeReport(ports, live);
  };
  const look = async (key: string, target: KindRow): Promise<WorkResult> => {
    const namespace = ports.index.get('Namespace', '', key);
    const governance = governances.of(key);
    if (namespace === undefined || namespace.deleting || governance === undefined) {
      written.delete(key);
      return DONE;
    }
    if (isFree(governance, governances.held(key))) {
      await removeAll([target, ...apis.others()], key);
      return DONE;
    }
    const outcome = options.outcome(key);
    return outcome === undefined ? DONE : write(key, target, outcome);
  };
  return async ({ key }) => {
    const target = apis.target();
    if (target === undefined) return DONE;
    try {
      return await look(key, target);
    } catch (error) {
      // The API went, or the namespace: whichever comes back is listed anew, and then everything is asked for again.
      if (isNotFound(error)) return DONE;
      if (!isForbidden(error) || (await ports.lacksRight('create', target.kind, '')) !== true) throw error;
      apis.withdraw(target);
      return DONE;
    }
  };
}

const isRight = (live: Live | undefined, wanted: PolicyReportBody): boolean =>
  live !== undefined &&
  !live.deleting &&
  !live.owned &&
  live.finalizers.length === 0 &&
  live.labels[MANAGED_BY_LABEL] === MANAGED_BY &&
  'whole' in live.body &&
  canonical(live.body.whole) === canonical(wanted);
