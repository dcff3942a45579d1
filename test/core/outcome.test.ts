import { expect } from 'chai';
import type { Outcome, OutcomeInput } from '../../src/core/outcome/outcome.ts';
import { outcomeOf } from '../../src/core/outcome/outcome.ts';
import type { AttributedFinding } from '../../src/core/plan/change.ts';
import type { ChangeResult } from '../../src/core/plan/changeResult.ts';
import type { Refusal } from '../../src/core/plan/refusal.ts';
import { baseline, finding, governed, heldBy } from '../support/build.ts';
import { create, liveOf, remove, update } from './changes.ts';

const restricted = baseline('restricted');
const trial = baseline('trial', { enforcement: 'Audit', priority: 9 });

const outcome = (more: Partial<OutcomeInput> = {}): Outcome =>
  outcomeOf({
    governance: governed([restricted]),
    findings: [],
    withheld: [],
    results: [],
    drifts: [],
    contested: 0,
    durationMs: 5,
    terminating: false,
    ...more,
  });
const found = (more: Partial<AttributedFinding> = {}): AttributedFinding => ({
  ...finding(),
  baseline: 'restricted',
  shadow: false,
  ...more,
});
const failed = (refusal: Partial<Refusal> = {}, change = update()): ChangeResult => ({
  change,
  result: 'failed',
  refusal: { reason: 'ServerError', message: 'it broke', retry: 'backoff', ...refusal },
});
const only = (of: Outcome) => {
  if (of.baselines.length !== 1 || of.baselines[0] === undefined) throw new Error(`${of.baselines.length} baselines`);
  return of.baselines[0];
};

describe('the outcome of a look', () => {
  it('is compliant without findings, and with those that only warn', () => {
    expect(only(outcome())).to.deep.include({ state: 'compliant', uid: 'uid-restricted', generation: 1 });
    expect(only(outcome({ findings: [found({ result: 'warn' })] })).state).to.equal('compliant');
  });

  it('is drifted by a failing finding, unknown by one that could not be judged, failed by a refused write', () => {
    const unknown = found({ result: 'unknown' });
    expect(only(outcome({ findings: [unknown] })).state).to.equal('unknown');
    expect(only(outcome({ findings: [unknown, found()] })).state).to.equal('drifted');
    expect(only(outcome({ findings: [unknown, found()], results: [failed()] })).state).to.equal('failed');
  });

  it('has the worst finding first: failures, unknowns, warnings, each by severity', () => {
    const findings = [
      found({ reason: 'D', result: 'warn', severity: 'critical' }),
      found({ reason: 'C', result: 'unknown', severity: 'high' }),
      found({ reason: 'B', severity: 'low' }),
      found({ reason: 'A', severity: 'critical' }),
    ];
    expect(only(outcome({ findings })).findings.map(({ reason }) => reason)).to.deep.equal(['A', 'B', 'C', 'D']);
  });

  it('leaves the quotes of an API server in its sentence, and nothing that could pass for more than that', () => {
    const message = 'namespaces "payments" is forbidden\nStatus: ok\u001b[2J';
    const { findings } = only(outcome({ results: [failed({ message })] }));
    expect(findings[0]?.message).to.match(/: namespaces "payments" is forbidden\\nStatus: ok\\u001b\[2J$/);
  });

  it('turns withheld changes into findings', () => {
    const withheld = [
      { change: create(), reason: 'Audit' as const },
      { change: remove('drawbridge-x'), reason: 'WritesBounded' as const },
    ];
    const { findings, state } = only(outcome({ withheld }));
    expect(findings.map(({ reason, severity }) => `${reason} ${severity}`)).to.deep.equal([
      'Missing high',
      'NotDeclared medium',
    ]);
    expect(state).to.equal('drifted');
  });

  it('THREATS 10: calls what admission changed critical', () => {
    const withheld = [{ change: update(), reason: 'ChangedByAdmission' as const }];
    expect(only(outcome({ withheld })).findings[0]).to.deep.include({
      severity: 'critical',
      result: 'fail',
      reason: 'ChangedByAdmission',
    });
  });

  it('THREATS 18: names why a write was refused, a missing right before all else', () => {
    const results = [failed(), failed({ reason: 'MissingRight', retry: 'stalled' }, create())];
    const { failure, findings } = only(outcome({ results }));
    expect(failure).to.include({ reason: 'MissingRight', retry: 'stalled' });
    expect(findings.map(({ reason }) => reason)).to.have.members(['MissingRight', 'ServerError']);
  });

  it('THREATS 6: escapes and cuts what a server said', () => {
    const message = `a\u0000b\n${'x'.repeat(2000)}`;
    const text = only(outcome({ results: [failed({ message })] })).findings[0]?.message ?? '';
    expect(text)
      .to.contain('a\\u0000b\\n')
      .and.to.not.match(/\p{Cc}/u);
    expect(text.length).to.be.below(700);
  });

  it('does not count what waits for an earlier stage as a failure of its own', () => {
    const results: ChangeResult[] = [{ change: remove('drawbridge-x'), result: 'waiting' }];
    expect(only(outcome({ results })).failure).to.equal(undefined);
  });

  it('THREATS 15: has a part for each baseline that governs or casts a shadow, each with its own findings', () => {
    const findings = [found(), found({ baseline: 'trial', shadow: true, reason: 'Missing' })];
    const { baselines } = outcome({ governance: governed([restricted, trial]), findings });
    expect(baselines.map((b) => `${b.baseline} ${b.findings.map(({ reason }) => reason).join()}`)).to.deep.equal([
      'restricted ForeignPolicyOpensNamespace',
      'trial Missing',
    ]);
  });

  it('THREATS 14: says that a namespace is retained', () => {
    const governance = governed([restricted], 'payments', {}, heldBy(restricted));
    expect(only(outcome({ governance })).retained).to.equal(true);
  });

  it('THREATS 17: counts a namespace that goes for nobody', () => {
    expect(outcome({ terminating: true, findings: [found()] }).baselines).to.deep.equal([]);
  });

  it('names what was taken over, if the write came through', () => {
    const taken = update('drawbridge-d', { takeOver: true });
    const written: ChangeResult = { change: taken, result: 'written', answer: liveOf('drawbridge-d'), atMs: 1 };
    expect(outcome({ results: [written] }).takenOver).to.deep.equal([taken]);
    expect(outcome({ results: [failed({}, taken)] }).takenOver).to.deep.equal([]);
    expect(outcome({ results: [{ ...written, change: update() }] }).takenOver).to.deep.equal([]);
  });
});
