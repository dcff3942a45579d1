import { FINALIZER, SECURITY_BASELINE } from '../../api/names.ts';
import type { SecurityBaselineSpec } from '../../api/types.ts';
import { SECTIONS } from '../../api/types.ts';
import { baselineOf, enforcementOf, prunes } from '../../core/baseline.ts';
import type { BaselineBody } from '../../core/bodies.ts';
import { canonical } from '../../core/diff.ts';
import { statusOf } from '../../core/status.ts';
import type { Tally } from '../../core/tally.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Clock } from '../clock.ts';
import type { ApplyPorts } from '../ports.ts';
import type { Work, WorkResult } from '../queue.ts';

export interface BaselinesOptions {
  readonly clock: Clock;
  readonly ports: ApplyPorts;
  readonly tally: (baseline: string) => Tally;
  /** Whether the CRD itself is being deleted: then nobody wishes to prune (THREATS 3). */
  readonly isCrdTerminating: () => Promise<boolean>;
  /** Lets a baseline go in every namespace; its objects are pruned there. */
  readonly release: (uid: string) => void;
  /** Namespaces in which it still has objects to prune. */
  readonly outstanding: (baseline: string) => readonly string[];
  readonly entryOf: (raw: KubeObject) => Entry | undefined;
}

const MIN_INTERVAL_MS = 1000;
/** How often a deletion looks whether its prunes are done. */
const PRUNE_POLL_MS = 250;

/** Keeps the status and the finalizer of each SecurityBaseline. */
export function createBaselinesController(options: BaselinesOptions): (work: Work) => Promise<WorkResult> {
  const { clock, ports } = options;
  const writtenMs = new Map<string, number>();
  const settledOnce = new Set<string>();

  const writeStatus = async (entry: Entry<BaselineBody>): Promise<WorkResult> => {
    const tally = options.tally(entry.name);
    // A new process says nothing of a baseline before each namespace it governs has an outcome (DESIGN §4, Start).
    if (tally.counts.pending === 0) settledOnce.add(entry.uid);
    else if (!settledOnce.has(entry.uid)) return { result: 'done' };
    const status = statusOf(baselineOf(entry, false), entry.body.status, tally, clock.timestamp());
    if (canonical(status) === canonical(entry.body.status ?? {})) return { result: 'done' };
    const dueMs = (writtenMs.get(entry.uid) ?? Number.NEGATIVE_INFINITY) + MIN_INTERVAL_MS;
    if (clock.nowMs() < dueMs) return { result: 'done', againAtMs: dueMs };
    writtenMs.set(entry.uid, clock.nowMs());
    await patch(options, entry, { status }, 'status');
    return { result: 'done' };
  };

  return async ({ key }) => {
    const entry = ports.index.get(SECURITY_BASELINE.kind, '', key) as Entry<BaselineBody> | undefined;
    if (entry === undefined) return { result: 'done' };
    const ours = entry.finalizers.includes(FINALIZER);
    if (entry.deleting) return ours ? finishDeletion(options, entry) : { result: 'done' };
    const wanted = wishesToPrune(entry.body.spec);
    if (wanted && !ours) await patchFinalizers(options, entry, [...entry.finalizers, FINALIZER]);
    if (!prunes(entry.body.spec) && ours) await patchFinalizers(options, entry, without(entry.finalizers));
    return writeStatus(entry);
  };
}

/** Only a baseline that enforces and is not suspended prunes; deleting any other leaves everything (THREATS 3). */
const wishesToPrune = (spec: SecurityBaselineSpec): boolean =>
  prunes(spec) &&
  spec.suspend !== true &&
  SECTIONS.some((section) => spec[section] !== undefined && enforcementOf(spec, section) === 'Enforce');

const without = (finalizers: readonly string[]): readonly string[] => finalizers.filter((f) => f !== FINALIZER);

/** The finalizer waits for acknowledged deletes; terminating namespaces are skipped (THREATS 3). */
async function finishDeletion(options: BaselinesOptions, entry: Entry<BaselineBody>): Promise<WorkResult> {
  const { clock, ports } = options;
  if (wishesToPrune(entry.body.spec) && !(await options.isCrdTerminating())) {
    options.release(entry.uid);
    const left = options
      .outstanding(entry.name)
      .filter((ns) => ports.index.get('Namespace', '', ns)?.deleting !== true);
    if (left.length > 0) return { result: 'done', againAtMs: clock.nowMs() + PRUNE_POLL_MS };
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
