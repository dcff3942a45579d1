import { expect } from 'chai';
import type { BaselineReportBody } from '../../src/api/types.ts';
import { REPORT_FINDINGS, toldBy } from '../../src/core/outcome/report.ts';
import { otherWriter } from '../../src/core/plan/driftFinding.ts';
import { finding } from '../support/build.ts';
import { liveOf } from './changes.ts';

describe('what a new process tells again', () => {
  const open = finding({ ref: { kind: 'NetworkPolicy', namespace: 'payments', name: 'open' } });
  const { ref: _, ...row } = { ...open, baseline: 'restricted', object: 'NetworkPolicy payments/open' };
  const reportWith = (count: number): BaselineReportBody => ({
    state: 'Drifted',
    summary: '',
    sections: [],
    findings: Array.from({ length: count }, () => row as NonNullable<BaselineReportBody['findings']>[number]),
  });

  it('is everything when there is no report, or one without findings', () => {
    expect(toldBy(undefined)(open)).to.equal(false);
    expect(toldBy(reportWith(0))(open)).to.equal(false);
  });

  it('is not what the report names', () => {
    expect(toldBy(reportWith(1))(open)).to.equal(true);
  });

  it('is what the report names of another object, or for another reason', () => {
    const told = toldBy(reportWith(1));
    expect(told({ ...open, reason: 'Another' })).to.equal(false);
    expect(told({ ...open, ref: { ...open.ref, name: 'another' } })).to.equal(false);
  });

  it('is nothing when the report is full: what it leaves out may have been told', () => {
    expect(toldBy(reportWith(REPORT_FINDINGS))({ ...open, reason: 'Another' })).to.equal(true);
  });
});

describe('the writer that is named', () => {
  it('is the newest field manager, as it calls itself', () => {
    expect(otherWriter({ ...liveOf('a'), manager: 'kubectl-edit' })).to.equal('kubectl-edit');
  });

  it('is nobody when the newest is ourselves: who only takes away leaves no entry', () => {
    expect(otherWriter({ ...liveOf('a'), manager: 'drawbridge' })).to.equal('');
  });
});
