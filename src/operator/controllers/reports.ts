import { API_VERSION, BASELINE_REPORT, REPORT_NAME } from '../../api/names.ts';
import type { ReportBody } from '../../core/model/bodies.ts';
import type { ReportedLayer } from '../../core/outcome/layers.ts';
import type { Outcome } from '../../core/outcome/outcome.ts';
import { reportOf } from '../../core/outcome/report.ts';
import type { Drift } from '../../core/plan/changeResult.ts';
import { canonical } from '../../core/plan/diff.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Clock } from '../clock.ts';
import type { Governances } from '../governances.ts';
import type { ApplyPorts } from '../ports.ts';
import type { Work, WorkResult } from '../queue.ts';
import { reportIn } from '../reportIn.ts';
import { isFree, removeReport, writeReport } from '../reportWrites.ts';

export interface ReportsOptions {
  readonly clock: Clock;
  readonly governances: Governances;
  readonly ports: ApplyPorts;
  readonly outcome: (namespace: string) => Outcome | undefined;
  /** The layer of defence that is the whole cluster's; absent: none. */
  readonly auditLayer?: () => ReportedLayer;
  /** A report is stored otherwise than it was written, so that part of the record is lost; once for a process. */
  readonly onChanged?: ((namespace: string) => void) | undefined;
}

export interface ReportsController {
  reconcile(work: Work): Promise<WorkResult>;
  /** Remembers the drift to report, until the report holds it. */
  noteDrift(namespace: string, drift: Drift): void;
  /** Adds who is behind a drift that was noted; true when it is the last one of its namespace, and so in the report. */
  noteAuthor(drift: Drift, user: string): boolean;
  /** Whether the audit layer is another one than when this was asked last: then every report tells of it. */
  auditTurned(): boolean;
}

/** A namespace under attack has its report written once a second, not at every repair. */
const MIN_INTERVAL_MS = 1000;

/** Keeps the BaselineReport of each governed namespace; written only when it changes (DESIGN §2.3). */
export function createReportsController(options: ReportsOptions): ReportsController {
  const { clock, governances, ports } = options;
  const drifts = new Map<string, { readonly drift: Drift; readonly at: string }>();
  const last = new Map<string, { readonly drift: Drift; readonly at: string }>();
  const written = new Map<string, number>();
  /** What is stored otherwise than it was written, and as which version: the same again would change nothing. */
  const changed = new Map<string, { readonly wanted: string; readonly resourceVersion: string }>();
  let isChangeTold = false;
  let layer = canonical(options.auditLayer?.());

  const note = (key: string, wanted: string, answer: Entry | undefined): void => {
    const isAsWritten = answer === undefined || canonical((answer.body as ReportBody).report) === wanted;
    if (isAsWritten) {
      changed.delete(key);
      return;
    }
    changed.set(key, { wanted, resourceVersion: answer.resourceVersion });
    if (!isChangeTold) options.onChanged?.(key);
    isChangeTold = true;
  };

  const write = async (key: string, live: Entry<ReportBody> | undefined, outcome: Outcome): Promise<void> => {
    const noted = drifts.get(key);
    const held = governances.held(key);
    const report = reportOf(outcome, held, live?.body.report, noted?.drift, noted?.at ?? '', options.auditLayer?.());
    const wanted = canonical(report);
    if (live !== undefined && canonical(live.body.report) === wanted) return;
    const other = changed.get(key);
    if (other?.wanted === wanted && other.resourceVersion === live?.resourceVersion) return;
    const object: KubeObject = {
      apiVersion: API_VERSION,
      kind: BASELINE_REPORT.kind,
      metadata: { name: REPORT_NAME, namespace: key },
      ...report,
    };
    note(key, wanted, await writeReport(ports, live, object));
    written.set(key, clock.nowMs());
    if (drifts.get(key) === noted) drifts.delete(key);
  };

  return {
    noteDrift: (namespace, drift) => {
      const noted = { drift, at: clock.timestamp() };
      drifts.set(namespace, noted);
      last.set(namespace, noted);
    },
    noteAuthor: (drift, user) => {
      const noted = last.get(drift.ref.namespace);
      if (noted?.drift !== drift) return false;
      drifts.set(drift.ref.namespace, { drift: { ...drift, user }, at: noted.at });
      return true;
    },
    auditTurned: () => {
      const before = layer;
      layer = canonical(options.auditLayer?.());
      return layer !== before;
    },
    reconcile: async ({ key }) => {
      const namespace = ports.index.get('Namespace', '', key);
      const governance = governances.of(key);
      if (namespace === undefined || namespace.deleting || governance === undefined) {
        drifts.delete(key);
        last.delete(key);
        written.delete(key);
        changed.delete(key);
        return { result: 'done' };
      }
      const live = reportIn(ports.index, key);
      // Also one that a process before this one left behind.
      if (isFree(governance, governances.held(key))) {
        if (live !== undefined) await removeReport(ports, live);
        return { result: 'done' };
      }
      const outcome = options.outcome(key);
      if (outcome === undefined) return { result: 'done' };
      const dueMs = (written.get(key) ?? Number.NEGATIVE_INFINITY) + MIN_INTERVAL_MS;
      if (clock.nowMs() < dueMs) return { result: 'done', againAtMs: dueMs };
      await write(key, live, outcome);
      return { result: 'done' };
    },
  };
}
