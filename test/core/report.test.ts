import { expect } from 'chai';
import type { Held } from '../../src/core/govern/held.ts';
import type { Outcome } from '../../src/core/outcome/outcome.ts';
import { heldOf, reportOf } from '../../src/core/outcome/report.ts';
import { REPORT_FINDINGS } from '../../src/core/outcome/told.ts';
import type { AttributedFinding } from '../../src/core/plan/change.ts';
import type { Drift } from '../../src/core/plan/changeResult.ts';
import { baseline, finding, governed, heldBy, VIEWER } from '../support/build.ts';
import { bareOutcome } from './bareOutcome.ts';

const restricted = baseline('restricted', { rbac: VIEWER });
const DRIFT: Drift = {
  ref: { kind: 'NetworkPolicy', namespace: 'payments', name: 'drawbridge-default-deny' },
  section: 'network',
  control: 'network.default-deny',
  baseline: 'restricted',
  change: 'modified',
  fields: Array.from({ length: 20 }, (_, i) => `/spec/${i}`),
  manager: `kubectl\n${'x'.repeat(100)}`,
  result: 'repaired',
  repairedInMs: 4.2345,
};
const outcome = (findings: readonly AttributedFinding[] = [], governance = governed([restricted])): Outcome =>
  bareOutcome({ governance, findings });
const found = (more: Partial<AttributedFinding> = {}): AttributedFinding => ({
  ...finding(),
  baseline: 'restricted',
  shadow: false,
  ...more,
});

describe('the report of a namespace', () => {
  it('names who governs which section, by which labels, and whether it is held', () => {
    const report = reportOf(outcome(), heldBy(restricted), undefined, undefined, '');
    expect(report.state).to.equal('Compliant');
    expect(report.summary).to.equal('network by restricted, rbac by restricted');
    const row = {
      baseline: 'restricted',
      baselineUid: 'uid-restricted',
      enforcement: 'Enforce',
      selectedBy: [{ key: 'env', value: 'prod' }],
    };
    expect(report.sections).to.deep.equal([
      { section: 'network', ...row, held: true },
      { section: 'rbac', ...row },
    ]);
    expect(report).to.not.have.any.keys('findings', 'lastDrift');
  });

  it('THREATS 14: is read back as what the namespace is held to, audited sections left out', () => {
    const held: Held = [...heldBy(restricted), ...heldBy(restricted, 'rbac')];
    const report = reportOf(outcome(), held, undefined, undefined, '');
    expect(
      heldOf(report).map(({ section, baselineUid, selectedBy }) => ({ section, baselineUid, selectedBy })),
    ).to.deep.equal(held.map(({ section, baselineUid, selectedBy }) => ({ section, baselineUid, selectedBy })));
    const audit = governed([baseline('restricted', { enforcement: 'Audit' })]);
    expect(heldOf(reportOf(outcome([], audit), [], undefined, undefined, ''))).to.deep.equal([]);
    expect(heldOf(undefined)).to.deep.equal([]);
  });

  it('THREATS 14: marks a retained section', () => {
    const governance = governed([restricted], 'payments', {}, heldBy(restricted));
    const { sections } = reportOf(outcome([], governance), heldBy(restricted), undefined, undefined, '');
    expect(sections).to.have.length(1);
    expect(sections[0]).to.include({ section: 'network', held: true, retained: true });
  });

  it('keeps the record of a section that nobody governs at the moment', () => {
    const { sections, summary } = reportOf(outcome([], governed([])), heldBy(restricted), undefined, undefined, '');
    expect(sections[0]).to.include({ baseline: 'restricted', held: true });
    expect(summary).to.equal('not governed');
  });

  it('has the worst findings first, of all baselines, at most twenty, and the count of all', () => {
    const many = Array.from({ length: 30 }, (_, i) => found({ reason: `R${10 + i}`, severity: 'low' }));
    const report = reportOf(outcome([...many, found({ severity: 'critical' })]), [], undefined, undefined, '');
    expect(report.state).to.equal('Drifted');
    expect(report.findings).to.have.length(REPORT_FINDINGS);
    expect(report.findings?.[0]).to.include({ severity: 'critical', object: 'NetworkPolicy payments/open' });
    expect(report.summary).to.match(/; 31 findings$/);
  });

  it('says the worst state of the baselines that govern', () => {
    const state = (...findings: AttributedFinding[]): string =>
      reportOf(outcome(findings), [], undefined, undefined, '').state;
    expect(state(found({ result: 'unknown' }))).to.equal('Unknown');
    expect(state(found({ result: 'unknown' }), found())).to.equal('Drifted');
    expect(state(found({ result: 'warn' }))).to.equal('Compliant');
  });

  it('THREATS 15: is not made worse by a baseline that only looks', () => {
    const trial = baseline('trial', { enforcement: 'Audit', priority: 200 });
    const shadow = found({ baseline: 'trial', shadow: true });
    const report = reportOf(outcome([shadow], governed([restricted, trial])), [], undefined, undefined, '');
    expect(report.state).to.equal('Compliant');
    expect(report.findings?.[0]).to.include({ baseline: 'trial' });
  });

  it('tells the last drift, bounded and escaped, and keeps it until there is another', () => {
    const report = reportOf(outcome(), [], undefined, DRIFT, '2026-01-01T00:00:00Z');
    expect(report.lastDrift).to.deep.include({
      object: 'NetworkPolicy payments/drawbridge-default-deny',
      change: 'modified',
      at: '2026-01-01T00:00:00Z',
      repairedInMs: 4.2,
    });
    expect(report.lastDrift?.fields).to.have.length(8);
    expect(report.lastDrift?.manager)
      .to.match(/^kubectl\\n/)
      .and.to.have.length.below(70);
    expect(reportOf(outcome(), [], report, undefined, 'later').lastDrift).to.deep.equal(report.lastDrift);
    const next = reportOf(outcome(), [], report, { ...DRIFT, result: 'failed', repairedInMs: undefined }, 'later');
    expect(next.lastDrift?.at).to.equal('later');
    expect(next.lastDrift).to.not.have.property('repairedInMs');
  });
});
