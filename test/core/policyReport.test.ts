import { expect } from 'chai';
import type { Outcome, OutcomeInput } from '../../src/core/outcome/outcome.ts';
import { policyReportOf } from '../../src/core/outcome/policyReport.ts';
import { REPORT_FINDINGS } from '../../src/core/outcome/told.ts';
import type { AttributedFinding } from '../../src/core/plan/change.ts';
import { baseline, finding, governed, VIEWER } from '../support/build.ts';
import { waivedBy, waiver } from '../support/buildWaiver.ts';
import { bareOutcome } from './bareOutcome.ts';

const restricted = baseline('restricted', { rbac: VIEWER });
const trial = baseline('trial', { enforcement: 'Audit', priority: 9 });

const outcome = (more: Partial<OutcomeInput> = {}): Outcome =>
  bareOutcome({ governance: governed([restricted]), ...more });
const found = (more: Partial<AttributedFinding> = {}): AttributedFinding => ({
  ...finding(),
  baseline: 'restricted',
  shadow: false,
  ...more,
});
const told = (of: Outcome) =>
  policyReportOf(of, 'Report').results.map(({ policy, result, scored }) => `${policy} ${result} ${scored}`);

describe('the report that others show', () => {
  it('has each finding with what it is about, and the namespace as its scope', () => {
    const { scope, summary, results } = policyReportOf(outcome({ findings: [found()] }), 'Report');
    expect(scope).to.deep.equal({ apiVersion: 'v1', kind: 'Namespace', name: 'payments' });
    expect(summary).to.deep.equal({ pass: 1, fail: 1, warn: 0, error: 0, skip: 0 });
    expect(results[0]).to.deep.equal({
      source: 'drawbridge',
      policy: 'network.foreign-policies',
      rule: 'ForeignPolicyOpensNamespace',
      category: 'network',
      severity: 'high',
      result: 'fail',
      scored: true,
      message: 'it is open',
      resources: [{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: 'payments', name: 'open' }],
      properties: { baseline: 'restricted', check: 'SB-NET-004' },
    });
  });

  it('passes a section that stands, and none with something wrong, unknown or only audited', () => {
    expect(told(outcome())).to.deep.equal(['network pass true', 'rbac pass true']);
    expect(told(outcome({ findings: [found({ result: 'unknown' })] }))).to.deep.equal([
      'network.foreign-policies error true',
      'rbac pass true',
    ]);
    expect(told(outcome({ governance: governed([baseline('audited', { enforcement: 'Audit' })]) }))).to.deep.equal([]);
  });

  it('THREATS 15: only warns of what a baseline on trial would find, and does not score it', () => {
    const governance = governed([restricted, trial]);
    const of = outcome({ governance, findings: [found({ baseline: 'trial', shadow: true })] });
    expect(told(of)).to.deep.equal(['network.foreign-policies warn false', 'network pass true', 'rbac pass true']);
  });

  it('skips what is waived, and says by which waiver', () => {
    const waived = waivedBy(waiver('legacy', { controls: ['network.foreign-policies'] }));
    const report = policyReportOf(outcome({ findings: [found()], waived }), 'Report');
    expect(report.results[0]).to.deep.include({ result: 'skip', scored: false });
    expect(report.results[0]?.properties.waiver).to.equal('legacy');
    expect(report.summary).to.include({ fail: 0, skip: 1 });
  });

  it('is bounded, counts all, and is the same in whichever order things came to be known', () => {
    const findings = Array.from({ length: 300 }, (_, at) =>
      found({ ref: { kind: 'NetworkPolicy', namespace: 'payments', name: `open-${at}` }, message: '"'.repeat(4_000) }),
    );
    const report = policyReportOf(outcome({ findings }), 'Report');
    expect(report.results.filter(({ result }) => result === 'fail')).to.have.length(REPORT_FINDINGS);
    expect(report.summary.fail).to.equal(300);
    expect(JSON.stringify(report).length).to.be.below(64 * 1024);
    expect(policyReportOf(outcome({ findings: findings.toReversed() }), 'Report')).to.deep.equal(report);
  });

  it('has the root field `source` in OpenReports alone: the API before it refuses it', () => {
    expect(policyReportOf(outcome(), 'Report')).to.have.property('source', 'drawbridge');
    expect(policyReportOf(outcome(), 'PolicyReport')).not.to.have.property('source');
  });
});
