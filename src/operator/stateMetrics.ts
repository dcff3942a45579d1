import { SECURITY_BASELINE } from '../api/names.ts';
import type { BaselineBody } from '../core/model/bodies.ts';
import type { Finding } from '../core/model/finding.ts';
import type { RolloutProgress } from '../core/outcome/rolloutProgress.ts';
import type { Entry } from '../k8s/entry.ts';
import type { ObjectIndex } from '../k8s/objectIndex.ts';
import type { Ledger } from './ledger.ts';
import { findingKey } from './ledger.ts';
import type { Metrics } from './metrics.ts';
import { METRICS } from './metricTable.ts';
import type { Rollouts } from './rollout/rollouts.ts';

const GAUGES = [
  'drawbridge_baseline_info',
  'drawbridge_baseline_condition',
  'drawbridge_namespaces',
  'drawbridge_findings',
  'drawbridge_rollout_namespaces',
  'drawbridge_rollout_stopped',
] as const;

/** Of baselines; a new one is among them by its label. */
const COUNTERS = METRICS.filter(({ type, labels }) => type === 'counter' && labels.includes('baseline')).map(
  ({ name }) => name,
);

const STATUSES = ['True', 'False', 'Unknown'];

/**
 * Gauges of state, written anew at each scrape from the store and the ledger: a series vanishes with its baseline. Only who
 * leads has them: a standby has looked at no namespace.
 */
export function collectState(
  metrics: Metrics,
  index: ObjectIndex,
  ledger: Ledger,
  leads: () => boolean,
  clusterFindings: ClusterFindings = () => undefined,
  rollout: Rollouts['progress'] = () => undefined,
): void {
  const alive = (): ReadonlySet<string> => new Set([...index.ofKind(SECURITY_BASELINE.kind)].map(({ name }) => name));
  for (const counter of COUNTERS) metrics.keepOnly(counter, 'baseline', alive);
  metrics.onScrape(() => {
    for (const gauge of GAUGES) metrics.reset(gauge);
    if (!leads()) return;
    for (const entry of index.ofKind(SECURITY_BASELINE.kind) as Iterable<Entry<BaselineBody>>) {
      collectBaseline(metrics, entry, ledger, clusterFindings);
      collectRollout(metrics, entry.name, rollout(entry.name));
    }
  });
}

function collectRollout(metrics: Metrics, baseline: string, progress: RolloutProgress | undefined): void {
  if (progress === undefined) return;
  metrics.set('drawbridge_rollout_namespaces', { baseline, state: 'waiting' }, progress.waiting);
  metrics.set('drawbridge_rollout_namespaces', { baseline, state: 'done' }, progress.done);
  metrics.set('drawbridge_rollout_stopped', { baseline }, progress.stopped === undefined ? 0 : 1);
}

/** What was found about the whole cluster for a baseline; see posture/posture. */
type ClusterFindings = (entry: Entry<BaselineBody>) => readonly Finding[] | 'pending' | undefined;

function collectBaseline(
  metrics: Metrics,
  entry: Entry<BaselineBody>,
  ledger: Ledger,
  clusterFindings: ClusterFindings,
): void {
  const baseline = entry.name;
  metrics.set('drawbridge_baseline_info', { baseline, enforcement: entry.body.spec.enforcement }, 1);
  for (const { type, status } of entry.body.status?.conditions ?? []) {
    for (const value of STATUSES) {
      metrics.set('drawbridge_baseline_condition', { baseline, type, status: value }, value === status ? 1 : 0);
    }
  }
  const tally = ledger.tally(baseline);
  for (const [state, count] of Object.entries(tally.counts)) {
    metrics.set('drawbridge_namespaces', { baseline, state }, count);
  }
  const sums = new Map<string, number>();
  const cluster = clusterFindings(entry) ?? [];
  const ofCluster = cluster === 'pending' ? [] : cluster.map((finding) => [findingKey(finding), 1] as const);
  for (const [key, count] of [...tally.findings, ...ofCluster]) {
    const [control = '', severity = '', result] = key.split(' ');
    // What is waived is exempt, and wakes nobody.
    if (result === 'waived') continue;
    sums.set(`${control} ${severity}`, (sums.get(`${control} ${severity}`) ?? 0) + count);
  }
  for (const [key, count] of sums) {
    const [control = '', severity = ''] = key.split(' ');
    metrics.set('drawbridge_findings', { baseline, control, severity }, count);
  }
}
