import { expect } from 'chai';
import type { BaselineReportBody } from '../../src/api/types.ts';
import type { Finding } from '../../src/core/model/finding.ts';
import { reportOf } from '../../src/core/outcome/report.ts';
import { FURTHER_FINDINGS, REPORT_FINDINGS, restIsNews, toldBy } from '../../src/core/outcome/told.ts';
import { otherWriter } from '../../src/core/plan/driftFinding.ts';
import { outcomeWith } from '../operator/outcomes.ts';
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

  it('is what a full report does not name', () => {
    expect(toldBy(reportWith(REPORT_FINDINGS))({ ...open, reason: 'Another' })).to.equal(false);
  });
});

describe('what a report keeps of the findings that it does not spell out', () => {
  const list = (count: number): readonly Finding[] =>
    Array.from({ length: count }, (_, i) =>
      finding({ ref: { kind: 'NetworkPolicy', namespace: 'payments', name: `open-${String(i).padStart(4, '0')}` } }),
    );
  const MOST = REPORT_FINDINGS + FURTHER_FINDINGS;
  const another = finding({ reason: 'Another' });
  /** The report of a namespace in which so much was found. */
  const reportOn = (findings: readonly Finding[]): BaselineReportBody =>
    reportOf(
      outcomeWith(findings.map((one) => ({ ...one, baseline: 'restricted', shadow: false }))),
      [],
      undefined,
      undefined,
      '',
    );
  const newsIn = (before: readonly Finding[], now: readonly Finding[]): readonly [number, number] => {
    const report = reportOn(before);
    const told = toldBy(report);
    return [now.filter((one) => !told(one)).length, restIsNews(report, now)];
  };

  it('is nothing when it spells out all', () => {
    expect(reportOn(list(REPORT_FINDINGS))).to.not.have.property('further');
  });

  it('tells each of them apart, so that a start tells what is new and nothing else', () => {
    for (const count of [REPORT_FINDINGS + 1, MOST]) {
      expect(reportOn(list(count)).further?.keys).to.have.length(count - REPORT_FINDINGS);
      expect(newsIn(list(count), list(count))).to.deep.equal([0, 0]);
      expect(newsIn(list(count), [another, ...list(count)])).to.deep.equal([1, 0]);
      expect(newsIn(list(count), list(count).slice(1))).to.deep.equal([0, 0]);
    }
  });

  it('is one hash for those beyond: a start tells nothing of the same, and once that there are others', () => {
    const many = list(MOST + 30);
    expect(reportOn(many).further?.keys).to.have.length(FURTHER_FINDINGS);
    expect(reportOn(many).further?.rest).to.match(/^[0-9a-f]{16}$/);
    expect(newsIn(many, many)).to.deep.equal([0, 0]);
    expect(newsIn(many, [another, ...many])).to.deep.equal([0, 31]);
    expect(newsIn(many, many.slice(0, -1))).to.deep.equal([0, 29]);
    expect(newsIn(many, many.slice(0, MOST))).to.deep.equal([0, 0]);
    expect(newsIn(many, many.slice(1))).to.deep.equal([0, 0]);
  });

  it('does not depend on the order in which things were found', () => {
    const same = list(MOST + 5).map((one) => ({ ...one, control: `network.${one.ref.name}`, ref: another.ref }));
    expect(reportOn([...same].reverse())).to.deep.equal(reportOn(same));
    expect(newsIn(same, [...same].reverse())).to.deep.equal([0, 0]);
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
