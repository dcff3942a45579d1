import { expect } from 'chai';
import type { ProofVerdict } from '../../src/audit/proof/verdict.ts';
import { NO_RECEIVER, NOT_PUBLISHED } from '../../src/audit/proof/verdict.ts';
import { controls } from '../../src/controls/index.ts';
import type { RolloutProgress } from '../../src/core/outcome/rolloutProgress.ts';
import { createProofTelling } from '../../src/operator/auditProof/tell.ts';
import { beginSeries } from '../../src/operator/firstSeries.ts';
import { createLedger } from '../../src/operator/ledger.ts';
import type { Metrics } from '../../src/operator/metrics.ts';
import { createMetrics } from '../../src/operator/metrics.ts';
import { METRICS } from '../../src/operator/metricTable.ts';
import { createQueue } from '../../src/operator/queue.ts';
import { measureQueue } from '../../src/operator/queueMetrics.ts';
import { collectState } from '../../src/operator/stateMetrics.ts';
import { collectWaivers } from '../../src/operator/waiverMetrics.ts';
import { baseline, baselineEntry, entry as entryWith, finding } from '../support/build.ts';
import { createClock } from '../support/buildClock.ts';
import { createIndex } from '../support/buildIndex.ts';
import { outcomeWith } from './outcomes.ts';

const bare = (): Metrics => createMetrics({ defaults: false });
/** The series of a metric, without their help. */
const series = async (metrics: Metrics, name: string): Promise<readonly string[]> =>
  (await metrics.text()).split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

describe('the metric table', () => {
  it('has each name once, in the form Prometheus asks for', () => {
    expect(new Set(METRICS.map(({ name }) => name)).size).to.equal(METRICS.length);
    for (const { name, type, help, labels } of METRICS) {
      expect(name).to.match(/^[a-z][a-z0-9_]+$/);
      expect(help, name).to.match(/\.$/);
      if (type === 'counter') expect(name).to.match(/_total$/);
      else expect(name).to.not.match(/_total$/);
      if (type === 'histogram') expect(name).to.match(/_seconds$/);
      // A label per namespace or object is a series per namespace or object (DESIGN §5).
      expect(labels, name).to.not.include.members(['namespace']);
    }
  });

  it('has buckets that grow', () => {
    for (const { name, buckets = [] } of METRICS) {
      expect(
        buckets.toSorted((a, b) => a - b),
        name,
      ).to.deep.equal([...buckets]);
    }
  });

  it('has every metric on the page', async () => {
    const text = await bare().text();
    for (const { name, type, help } of METRICS) {
      expect(text).to.contain(`# HELP ${name} ${help}`).and.to.contain(`# TYPE ${name} ${type}`);
    }
  });
});

describe('metrics', () => {
  it('of an unknown name, or of another type, are a mistake in the code', () => {
    const metrics = bare();
    expect(() => metrics.count('drawbridge_no_such_total', {})).to.throw('is not a Counter of the metric table');
    expect(() => metrics.set('drawbridge_repairs_total', {}, 1)).to.throw('is not a Gauge of the metric table');
    expect(() => metrics.observe('drawbridge_contested_objects', {}, 1)).to.throw('is not a Histogram');
  });

  it('count, set, observe and reset', async () => {
    const metrics = bare();
    metrics.count('drawbridge_events_dropped_total', {});
    metrics.count('drawbridge_events_dropped_total', {}, 4);
    metrics.set('drawbridge_store_objects', { kind: 'Role' }, 3);
    expect(await series(metrics, 'drawbridge_events_dropped_total')).to.deep.equal([
      'drawbridge_events_dropped_total 5',
    ]);
    expect(await series(metrics, 'drawbridge_store_objects')).to.have.length(1);
    metrics.reset('drawbridge_store_objects');
    expect(await series(metrics, 'drawbridge_store_objects')).to.deep.equal([]);
  });

  it('of the process come with them unless switched off', async () => {
    expect(await createMetrics().text()).to.contain('process_cpu_seconds_total');
    expect(await bare().text()).to.not.contain('process_cpu_seconds_total');
  });
});

describe('metrics of state', () => {
  const restricted = baseline('restricted');

  it('tell of each baseline: its enforcement, conditions, namespaces and findings', async () => {
    const metrics = bare();
    const ledger = createLedger(() => 0);
    const condition = {
      type: 'Ready',
      status: 'False',
      reason: 'X',
      message: 'x',
      observedGeneration: 1,
      lastTransitionTime: 't',
    } as const;
    let leads = true;
    const index = createIndex(baselineEntry(restricted, {}, { conditions: [condition] }));
    collectState(metrics, index, ledger, () => leads);
    ledger.record(outcomeWith([finding(), finding({ result: 'unknown' }), finding({ severity: 'low' })]));
    expect(await series(metrics, 'drawbridge_baseline_info')).to.deep.equal([
      'drawbridge_baseline_info{baseline="restricted",enforcement="Enforce"} 1',
    ]);
    expect(
      (await series(metrics, 'drawbridge_baseline_condition')).filter((line) => line.endsWith(' 1')),
    ).to.deep.equal(['drawbridge_baseline_condition{baseline="restricted",type="Ready",status="False"} 1']);
    expect(await series(metrics, 'drawbridge_namespaces')).to.include(
      'drawbridge_namespaces{baseline="restricted",state="compliant"} 1',
    );
    expect(await series(metrics, 'drawbridge_findings')).to.deep.equal([
      'drawbridge_findings{baseline="restricted",control="network.foreign-policies",severity="high"} 2',
      'drawbridge_findings{baseline="restricted",control="network.foreign-policies",severity="low"} 1',
    ]);
    leads = false;
    for (const name of ['drawbridge_baseline_info', 'drawbridge_namespaces']) {
      expect(await series(metrics, name), 'a standby has looked at nothing').to.deep.equal([]);
    }
  });

  it('tell of a roll-out while it is on the way, and whether it stands still', async () => {
    const metrics = bare();
    const trouble = { namespace: 'a', reason: 'RefusedByAdmission', message: 'no' };
    let progress: RolloutProgress | undefined = { done: 1, total: 9, waiting: 8, stopped: undefined, from: [] };
    collectState(
      metrics,
      createIndex(baselineEntry(restricted)),
      createLedger(() => 0),
      () => true,
      undefined,
      () => progress,
    );
    const stopped = () => series(metrics, 'drawbridge_rollout_stopped');
    expect(await series(metrics, 'drawbridge_rollout_namespaces')).to.deep.equal([
      'drawbridge_rollout_namespaces{baseline="restricted",state="waiting"} 8',
      'drawbridge_rollout_namespaces{baseline="restricted",state="done"} 1',
    ]);
    expect(await stopped()).to.deep.equal(['drawbridge_rollout_stopped{baseline="restricted"} 0']);
    progress = { ...progress, stopped: trouble };
    expect(await stopped()).to.deep.equal(['drawbridge_rollout_stopped{baseline="restricted"} 1']);
    progress = undefined;
    expect(await stopped()).to.deep.equal([]);
  });

  it('vanish with their baseline', async () => {
    const metrics = bare();
    const index = createIndex(baselineEntry(restricted));
    collectState(
      metrics,
      index,
      createLedger(() => 0),
      () => true,
    );
    const counters = METRICS.filter(({ type, labels }) => type === 'counter' && labels.includes('baseline'));
    expect(counters).to.have.length.above(2);
    for (const { name, labels } of counters) {
      metrics.count(
        name,
        Object.fromEntries(labels.map((label) => [label, label === 'baseline' ? 'restricted' : 'x'])),
      );
    }
    const text = await metrics.text();
    for (const { name } of counters) expect(text).to.contain(`${name}{baseline="restricted"`);
    index.delete(baselineEntry(restricted));
    expect(await metrics.text()).to.not.contain('baseline="restricted"');
  });
});

describe('waivers in the metrics', () => {
  const entry = (state: string) =>
    entryWith('BaselineWaiver', 'legacy', {
      spec: { namespaces: ['payments'], controls: ['rbac.roles'], expiresAt: '1970-01-02T00:00:00Z' },
      status: { state },
    });
  const states = () => ({ Active: 1, Expired: 0, Refused: 0, Inert: 0 });

  it('say when those end that are active, and how many are in which state', async () => {
    const metrics = bare();
    const index = createIndex(entry('Active'));
    collectWaivers(metrics, { index, states, leads: () => true });
    expect(await series(metrics, 'drawbridge_waiver_expiry_timestamp_seconds')).to.deep.equal([
      'drawbridge_waiver_expiry_timestamp_seconds{waiver="legacy"} 86400',
    ]);
    expect(await series(metrics, 'drawbridge_waivers')).to.include('drawbridge_waivers{state="active"} 1');
    index.set(entry('Expired'));
    expect(await series(metrics, 'drawbridge_waiver_expiry_timestamp_seconds')).to.deep.equal([]);
  });
});

describe('counters of what has not happened yet', () => {
  it('begin at zero for the controls of the sections that a baseline has: an alert sees the first failure', async () => {
    const metrics = bare();
    const held = baseline('held', { network: { defaultDeny: ['Ingress'] } });
    const index = createIndex(baselineEntry(held));
    beginSeries(metrics, { controls, index, leads: () => true, attributes: true });
    const failed = 'drawbridge_repairs_total{baseline="held",control="network.default-deny",result="failed"}';
    expect(await series(metrics, 'drawbridge_repairs_total')).to.include(`${failed} 0`);
    metrics.count('drawbridge_repairs_total', { baseline: 'held', control: 'network.default-deny', result: 'failed' });
    const counted = await series(metrics, 'drawbridge_repairs_total');
    expect(counted).to.include(`${failed} 1`);
    expect(counted.filter((line) => line.includes('rbac.'))).to.deep.equal([]);
    const ofNetwork = controls.filter(({ section }) => section === 'network');
    expect(await series(metrics, 'drawbridge_drift_attributed_total')).to.have.length(ofNetwork.length);
  });

  it('are not served by a standby', async () => {
    const metrics = bare();
    const index = createIndex(baselineEntry(baseline('held')));
    beginSeries(metrics, { controls, index, leads: () => false, attributes: true });
    expect(await series(metrics, 'drawbridge_repairs_total')).to.deep.equal([]);
  });
});

describe("a controller's metrics", () => {
  it('have the names of controller-runtime, from what the queue says', async () => {
    const metrics = bare();
    const clock = createClock();
    const results = [{ result: 'done' }, { result: 'retry' }, { result: 'done', againAtMs: 1e9 }] as const;
    let run = 0;
    const queue = createQueue(
      async () => {
        clock.spend(2);
        run += 1;
        return results[run - 1] ?? { result: 'done' };
      },
      { clock, concurrency: 1 },
    );
    measureQueue(metrics, 'namespaces', queue, 32);
    for (const key of ['a', 'b', 'c']) queue.add(key, 'live');
    await clock.turn();
    const total = await series(metrics, 'controller_runtime_reconcile_total');
    for (const result of ['success', 'error', 'requeue_after']) {
      expect(total).to.include(`controller_runtime_reconcile_total{controller="namespaces",result="${result}"} 1`);
    }
    const text = await metrics.text();
    expect(text).to.contain('controller_runtime_max_concurrent_reconciles{controller="namespaces"} 32');
    expect(text).to.contain('workqueue_adds_total{name="namespaces",controller="namespaces"} 3');
    expect(text).to.contain('workqueue_retries_total{name="namespaces",controller="namespaces"} 1');
    expect(text).to.contain('workqueue_work_duration_seconds_sum{name="namespaces",controller="namespaces"} 0.006');
    expect(await metrics.text()).to.contain('workqueue_adds_total{name="namespaces",controller="namespaces"} 3');
  });
});

describe('the metric of a proof', () => {
  const told = async ({ status, reason }: Pick<ProofVerdict, 'status' | 'reason'>): Promise<readonly string[]> => {
    const metrics = bare();
    const silent = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
    const tell = createProofTelling('own', { record: () => {}, stop: () => {} } as never, silent, metrics);
    tell({ status: 'True', reason: 'Proved', message: '' });
    tell({ status, reason, message: '' });
    return (await series(metrics, 'drawbridge_audit_effective')).filter((line) => line.endsWith(' 1'));
  };

  it('says what the last one came to', async () => {
    expect(await told({ status: 'False', reason: 'OtherPolicyInForce' })).to.deep.equal([
      'drawbridge_audit_effective{status="False"} 1',
    ]);
    expect(await told({ status: 'Unknown', reason: 'ReceiverUnreachable' })).to.deep.equal([
      'drawbridge_audit_effective{status="Unknown"} 1',
    ]);
  });

  it('is not there where nothing was asked, so that nobody is told that it is unproved', async () => {
    for (const verdict of [NO_RECEIVER, NOT_PUBLISHED]) expect(await told(verdict)).to.deep.equal([]);
  });
});
