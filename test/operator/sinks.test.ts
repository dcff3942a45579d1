import { expect } from 'chai';
import type { BaselineReportBody } from '../../src/api/types.ts';
import type { ChangeResult } from '../../src/core/plan/changeResult.ts';
import type { Logger } from '../../src/operator/logger.ts';
import { createMetrics } from '../../src/operator/metrics.ts';
import type { EventNote } from '../../src/operator/sinks/eventsSink.ts';
import { eventsSink } from '../../src/operator/sinks/eventsSink.ts';
import { logSink } from '../../src/operator/sinks/logSink.ts';
import { metricsSink } from '../../src/operator/sinks/metricsSink.ts';
import { guarded } from '../../src/operator/sinks/sink.ts';
import { remove, update } from '../core/changes.ts';
import { finding } from '../support/build.ts';
import { DRIFT, outcomeWith } from './outcomes.ts';

function recordingLogger(): { readonly logger: Logger; readonly lines: [string, string, Record<string, unknown>][] } {
  const lines: [string, string, Record<string, unknown>][] = [];
  const at =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      void lines.push([level, message, { ...fields }]);
  return { logger: { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') }, lines };
}

describe('Events', () => {
  const world = (report?: BaselineReportBody) => {
    const notes: EventNote[] = [];
    const going = new Set<string>();
    const sink = eventsSink(
      (note) => notes.push(note),
      (namespace) => going.has(namespace),
      () => report,
    );
    return { sink, going, told: () => notes.splice(0).map(({ reason }) => reason), notes };
  };

  it('tell of each repair, regarding the object and naming the field manager as a claim', () => {
    const { sink, notes } = world();
    sink(outcomeWith([], { drifts: [DRIFT] }));
    expect(notes).to.deep.equal([
      {
        regarding: {
          kind: 'NetworkPolicy',
          namespace: 'payments',
          name: 'drawbridge-default-deny',
          apiVersion: 'networking.k8s.io/v1',
        },
        type: 'Warning',
        reason: 'DriftRepaired',
        action: 'Repair',
        note: 'NetworkPolicy payments/drawbridge-default-deny was modified at /spec/ingress, last written by a client that calls itself kubectl; put right at once',
      },
    ]);
  });

  it('tell whether a drift was repaired, refused or only reported', () => {
    const { sink, told } = world();
    const drifts = (['repaired', 'failed', 'reported'] as const).map((result) => ({ ...DRIFT, result }));
    sink(outcomeWith([], { drifts }));
    expect(told()).to.deep.equal(['DriftRepaired', 'RepairFailed', 'DriftDetected']);
  });

  it('tell of take-overs and of foreign policies that were removed', () => {
    const { sink, told } = world();
    const removed: ChangeResult = {
      change: remove('x', 'ForeignPolicy'),
      result: 'written',
      answer: undefined,
      atMs: 0,
    };
    sink(outcomeWith([], { takenOver: [update()], results: [removed] }));
    expect(told()).to.deep.equal(['TakenOver', 'ForeignPolicyRemoved']);
  });

  it('tell of a finding once, when it appears, and again when it comes back', () => {
    const { sink, told } = world();
    sink(outcomeWith([finding()]));
    sink(outcomeWith([finding()]));
    expect(told()).to.deep.equal(['ForeignPolicyOpensNamespace']);
    sink(outcomeWith());
    sink(outcomeWith([finding()]));
    expect(told()).to.deep.equal(['ForeignPolicyOpensNamespace']);
  });

  it('tell of each thing that is wrong with one object, and once of what two baselines find', () => {
    const { sink, notes } = world();
    const rule = (message: string) => finding({ reason: 'RuleNotGranted', message });
    sink(outcomeWith([rule('secrets'), rule('pods'), rule('pods')]));
    sink(outcomeWith([rule('secrets'), rule('pods')]));
    expect(notes.map(({ note }) => note)).to.deep.equal(['secrets', 'pods']);
  });

  it('do not tell of drift twice: as drift and as a finding', () => {
    const { sink, told } = world();
    sink(outcomeWith([finding({ reason: 'Missing' }), finding({ reason: 'Modified' })]));
    expect(told()).to.deep.equal([]);
  });

  it('tell nothing of what is waived, and of it once it is not any more, over a start as well', () => {
    const { control, check, severity, reason, message } = finding();
    const row = { baseline: 'restricted', control, check, severity, result: 'waived', reason, message } as const;
    const findings = [{ ...row, object: 'NetworkPolicy payments/open', waiver: 'legacy' }];
    const { sink, told } = world({ state: 'Waived', summary: '', sections: [], findings });
    sink(outcomeWith([finding({ result: 'waived', waiver: 'legacy' })]));
    expect(told()).to.deep.equal([]);
    sink(outcomeWith([finding()]));
    expect(told()).to.deep.equal(['ForeignPolicyOpensNamespace']);
    const another = world({ state: 'Waived', summary: '', sections: [], findings });
    another.sink(outcomeWith([finding()]));
    expect(another.told()).to.deep.equal(['ForeignPolicyOpensNamespace']);
  });

  it('do not tell again after a start what the report tells', () => {
    const { control, check, severity, result, reason, message } = finding();
    const row = { baseline: 'restricted', control, check, severity, result, reason, message };
    const findings = [{ ...row, object: 'NetworkPolicy payments/open' }];
    const { sink, told } = world({ state: 'Drifted', summary: '', sections: [], findings });
    const other = finding({ reason: 'TooLargeToJudge' });
    sink(outcomeWith([finding(), other]));
    expect(told()).to.deep.equal(['TooLargeToJudge']);
    sink(outcomeWith());
    sink(outcomeWith([finding()]));
    expect(told()).to.deep.equal(['ForeignPolicyOpensNamespace']);
  });

  it('after a start say once that there are others, where the report has one hash for the rest', () => {
    const further = { keys: [], rest: '0123456789abcdef' };
    const { sink, notes } = world({ state: 'Drifted', summary: '', sections: [], findings: [], further });
    const two = [finding(), finding({ reason: 'TooLargeToJudge' })];
    sink(outcomeWith(two));
    expect(notes.map(({ reason, regarding }) => `${reason} ${regarding.kind} ${regarding.name}`)).to.deep.equal([
      'MoreFindings Namespace payments',
    ]);
    expect(notes[0]?.note).to.match(/^2 findings are more/);
    sink(outcomeWith([...two, finding({ reason: 'Another' })]));
    expect(notes.map(({ reason }) => reason)).to.deep.equal(['MoreFindings', 'Another']);
  });

  it('THREATS 17: are not written into a namespace that goes', () => {
    const { sink, told, going } = world();
    going.add('payments');
    sink(outcomeWith([finding()], { drifts: [DRIFT] }));
    expect(told()).to.deep.equal([]);
  });

  it('THREATS 6: escape and cut what others chose', () => {
    const { sink, notes } = world();
    sink(
      outcomeWith([], {
        drifts: [{ ...DRIFT, manager: `evil\n${'x'.repeat(200)}`, fields: [`/a\u0000${'b'.repeat(99)}`] }],
      }),
    );
    expect(notes[0]?.note).to.not.match(/\p{Cc}/u);
    expect(notes[0]?.note.length).to.be.below(300);
  });
});

describe('the log', () => {
  it('has one line for each drift, with what, where, who and how long', () => {
    const { logger, lines } = recordingLogger();
    const drifts = (['repaired', 'failed', 'reported'] as const).map((result) => ({ ...DRIFT, result }));
    logSink(logger)(outcomeWith([], { drifts }));
    expect(lines.map(([level, message]) => `${level} ${message}`)).to.deep.equal([
      'info drift repaired',
      'warn drift not repaired',
      'warn drift detected',
    ]);
    expect(lines[0]?.[2]).to.deep.include({
      namespace: 'payments',
      object: 'NetworkPolicy payments/drawbridge-default-deny',
      fields: ['/spec/ingress'],
      manager: 'kubectl',
      ms: 4.3,
    });
  });

  it('has one for each refusal and take-over, without control characters', () => {
    const { logger, lines } = recordingLogger();
    const refusal = { reason: 'Invalid', message: 'a\nb', retry: 'backoff' } as const;
    const results: ChangeResult[] = [{ change: update(), result: 'failed', refusal }];
    logSink(logger)(outcomeWith([], { results, takenOver: [update()] }));
    expect(lines.map(([, message]) => message)).to.deep.equal([
      'took over an object under the reserved prefix',
      'a write was refused',
    ]);
    expect(lines[1]?.[2]).to.include({ reason: 'Invalid', refusal: 'a\\nb' });
  });

  it('is silent when all is right', () => {
    const { logger, lines } = recordingLogger();
    logSink(logger)(outcomeWith());
    expect(lines).to.deep.equal([]);
  });
});

describe('counted drift', () => {
  it('is counted with its repair and its time', async () => {
    const metrics = createMetrics({ defaults: false });
    const reported = { ...DRIFT, result: 'reported', repairedInMs: undefined } as const;
    metricsSink(metrics)(outcomeWith([], { drifts: [DRIFT, reported, { ...reported, result: 'failed' }] }));
    const text = await metrics.text();
    const labels = 'baseline="restricted",control="network.default-deny"';
    expect(text).to.contain(`drawbridge_drift_detected_total{${labels},change="modified"} 3`);
    expect(text).to.contain(`drawbridge_repairs_total{${labels},result="repaired"} 1`);
    expect(text).to.contain(`drawbridge_repairs_total{${labels},result="failed"} 1`);
    expect(text).to.contain('drawbridge_repair_seconds_count{control="network.default-deny"} 1');
    expect(text).to.not.contain('result="reported"');
  });
});

describe('a sink that throws', () => {
  it('is logged, and stops neither the other sinks nor the caller', () => {
    const { logger, lines } = recordingLogger();
    const seen: string[] = [];
    const broken = (): never => {
      throw new Error('broken');
    };
    guarded([broken, ({ namespace }) => void seen.push(namespace)], logger)(outcomeWith());
    expect(seen).to.deep.equal(['payments']);
    expect(lines).to.deep.equal([['error', 'a sink failed', { namespace: 'payments', error: 'Error: broken' }]]);
  });
});
