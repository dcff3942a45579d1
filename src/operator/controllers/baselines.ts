import { FINALIZER, SECURITY_BASELINE } from '../../api/names.ts';
import type { SecurityBaselineSpec } from '../../api/types.ts';
import { SECTIONS } from '../../api/types.ts';
import { baselineOf, enforcementOf, prunes } from '../../core/govern/baseline.ts';
import type { BaselineBody } from '../../core/model/bodies.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { AdmissionVerdict } from '../../core/outcome/admissionVerdict.ts';
import type { AuditVerdicts } from '../../core/outcome/auditVerdict.ts';
import type { RolloutProgress } from '../../core/outcome/rolloutProgress.ts';
import { statusOf } from '../../core/outcome/status.ts';
import type { Tally } from '../../core/outcome/tally.ts';
import { canonical } from '../../core/plan/diff.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Clock } from '../clock.ts';
import type { ApplyPorts } from '../ports.ts';
import type { Work, WorkResult } from '../queue.ts';

export interface BaselinesOptions {
  readonly clock: Clock;
  readonly ports: ApplyPorts;
  readonly tally: (baseline: string) => Tally;
  /** How far its roll-out is; absent: none is on the way. */
  readonly rollout?: (baseline: string) => RolloutProgress | undefined;
  /** Whether the CRD itself is being deleted: then nobody wishes to prune (THREATS 3). */
  readonly isCrdTerminating: () => Promise<boolean>;
  /** Lets a baseline go in every namespace; its objects are pruned there. */
  readonly release: (uid: string) => void;
  /** Where it still has something to prune: namespaces, and the policies at admission. */
  readonly outstanding: (baseline: string) => readonly string[];
  /** Of its audit section: see auditPolicy/publisher. */
  readonly auditVerdict: (entry: Entry<BaselineBody>) => AuditVerdicts | 'pending' | undefined;
  /** Of its admission: see admission/keeper. */
  readonly admissionVerdict: (entry: Entry<BaselineBody>) => AdmissionVerdict | 'pending' | undefined;
  /** Of the whole cluster: see posture/posture. */
  readonly clusterFindings: (entry: Entry<BaselineBody>) => readonly Finding[] | 'pending' | undefined;
  readonly onPruning: (baseline: Entry, left: readonly string[]) => void;
  readonly entryOf: (raw: KubeObject) => Entry | undefined;
}

const MIN_INTERVAL_MS = 1000;
/** How often a deletion looks whether its prunes are done. */
const PRUNE_POLL_MS = 250;
/** A deletion that takes no longer needs no word. */
const PRUNE_TOLD_MS = 5_000;

/** Keeps the status and the finalizer of each SecurityBaseline. */
export function createBaselinesController(options: BaselinesOptions): (work: Work) => Promise<WorkResult> {
  const { ports } = options;
  const known = new Map<string, Known>();

  return async ({ key }) => {
    const entry = ports.index.get(SECURITY_BASELINE.kind, '', key) as Entry<BaselineBody> | undefined;
    if (entry === undefined) {
      known.delete(key);
      return { result: 'done' };
    }
    const old = known.get(key);
    const state: Known = old?.uid === entry.uid ? old : newKnown(entry.uid);
    known.set(key, state);
    if (entry.deleting) return finishDeletion(options, entry, state);
    await tryFinalizer(options, entry, state);
    const result = await writeStatus(options, entry, state);
    if (state.finalizerRefusals === 0) return result;
    return { result: 'retry', afterMs: Math.max(0, state.finalizerDueMs - options.clock.nowMs()), ...againOf(result) };
  };
}

/** What this process remembers of one baseline. */
interface Known {
  readonly uid: string;
  /** Every namespace had an outcome once. */
  settled: boolean;
  /** When its status was last made. */
  lookedMs: number;
  /** The finalizer is not tried before: every outcome of a namespace asks for its baselines. */
  finalizerDueMs: number;
  finalizerRefusals: number;
  /** Since when its deletion waits for prunes. */
  pruningSinceMs: number | undefined;
}

const LONG_AGO = Number.NEGATIVE_INFINITY;
const FINALIZER_BACKOFF_MS = 1_000;
const FINALIZER_BACKOFF_MAX_MS = 60_000;

const newKnown = (uid: string): Known => ({
  uid,
  settled: false,
  lookedMs: LONG_AGO,
  finalizerDueMs: LONG_AGO,
  finalizerRefusals: 0,
  pruningSinceMs: undefined,
});

const againOf = (result: WorkResult): { readonly againAtMs?: number } =>
  result.againAtMs === undefined ? {} : { againAtMs: result.againAtMs };

/** Where the rights do not allow it (audit-only), a missing finalizer must not silence the status. */
async function tryFinalizer(options: BaselinesOptions, entry: Entry<BaselineBody>, state: Known): Promise<void> {
  if (options.clock.nowMs() < state.finalizerDueMs) return;
  try {
    await keepFinalizer(options, entry);
    state.finalizerRefusals = 0;
  } catch {
    const backoffMs = FINALIZER_BACKOFF_MS * 2 ** Math.min(state.finalizerRefusals, 6);
    state.finalizerDueMs = options.clock.nowMs() + Math.min(FINALIZER_BACKOFF_MAX_MS, backoffMs);
    state.finalizerRefusals += 1;
  }
}

async function writeStatus(options: BaselinesOptions, entry: Entry<BaselineBody>, state: Known): Promise<WorkResult> {
  const { clock } = options;
  const tally = options.tally(entry.name);
  // A new process says nothing of a baseline before each namespace it governs has an outcome (DESIGN §4, Start).
  if (tally.counts.pending === 0) state.settled = true;
  else if (!state.settled) return { result: 'done' };
  const audit = options.auditVerdict(entry);
  const admission = options.admissionVerdict(entry);
  const cluster = options.clusterFindings(entry);
  if (audit === 'pending' || admission === 'pending' || cluster === 'pending') return { result: 'done' };
  // Every outcome of ten thousand namespaces asks for this: a status costs what is wrong in all of them.
  const dueMs = state.lookedMs + MIN_INTERVAL_MS;
  if (clock.nowMs() < dueMs) return { result: 'done', againAtMs: dueMs };
  state.lookedMs = clock.nowMs();
  const said = [audit, admission, cluster, options.rollout?.(entry.name)] as const;
  const status = statusOf(baselineOf(entry, false), entry.body.status, tally, clock.timestamp(), ...said);
  if (canonical(status) === canonical(entry.body.status ?? {})) return { result: 'done' };
  // What the status does not have any more goes by being null in a merge patch.
  const gone = (['clusterFindings', 'rollout'] as const).filter(
    (field) => status[field] === undefined && entry.body.status?.[field] !== undefined,
  );
  const nulls = Object.fromEntries(gone.map((field) => [field, null]));
  await patch(options, entry, { status: { ...status, ...nulls } }, 'status');
  return { result: 'done' };
}

async function keepFinalizer(options: BaselinesOptions, entry: Entry<BaselineBody>): Promise<void> {
  const ours = entry.finalizers.includes(FINALIZER);
  if (!ours && wishesToPrune(entry.body.spec)) await patchFinalizers(options, entry, [...entry.finalizers, FINALIZER]);
  if (ours && !prunes(entry.body.spec)) await patchFinalizers(options, entry, without(entry.finalizers));
}

/** Only a baseline that enforces and is not suspended prunes; deleting any other leaves everything (THREATS 3). */
const wishesToPrune = (spec: SecurityBaselineSpec): boolean =>
  prunes(spec) &&
  spec.suspend !== true &&
  (SECTIONS.some((section) => spec[section] !== undefined && enforcementOf(spec, section) === 'Enforce') ||
    (spec.admission !== undefined && spec.enforcement === 'Enforce'));

const without = (finalizers: readonly string[]): readonly string[] => finalizers.filter((f) => f !== FINALIZER);

/** The finalizer waits for acknowledged deletes; terminating namespaces are skipped (THREATS 3). */
async function finishDeletion(
  options: BaselinesOptions,
  entry: Entry<BaselineBody>,
  state: Known,
): Promise<WorkResult> {
  const { clock, ports } = options;
  if (!entry.finalizers.includes(FINALIZER)) return { result: 'done' };
  if (wishesToPrune(entry.body.spec) && !(await options.isCrdTerminating())) {
    options.release(entry.uid);
    const left = options
      .outstanding(entry.name)
      .filter((ns) => ports.index.get('Namespace', '', ns)?.deleting !== true);
    if (left.length > 0) {
      state.pruningSinceMs ??= clock.nowMs();
      if (clock.nowMs() - state.pruningSinceMs >= PRUNE_TOLD_MS) options.onPruning(entry, left);
      return { result: 'done', againAtMs: clock.nowMs() + PRUNE_POLL_MS };
    }
  }
  await patchFinalizers(options, entry, without(entry.finalizers));
  return { result: 'done' };
}

const patchFinalizers = (
  options: BaselinesOptions,
  entry: Entry<BaselineBody>,
  finalizers: readonly string[],
): Promise<void> =>
  patch(options, entry, { metadata: { finalizers, uid: entry.uid, resourceVersion: entry.resourceVersion } });

async function patch(
  options: BaselinesOptions,
  entry: Entry<BaselineBody>,
  body: Readonly<Record<string, unknown>>,
  subresource?: string,
): Promise<void> {
  const how = subresource === undefined ? {} : { subresource };
  const answer = await options.ports.writer.patch(SECURITY_BASELINE, '', entry.name, body, how);
  const next = options.entryOf(answer);
  if (next !== undefined && !(next.deleting && next.finalizers.length === 0)) options.ports.acknowledge(next);
}
