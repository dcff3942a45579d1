import { expect } from 'chai';
import type { AuditVerdict, AuditVerdicts, EffectiveVerdict } from '../../src/core/outcome/auditVerdict.ts';
import { kstatus } from '../support/model/kstatus.ts';
import { condition, restricted, said, status } from './statuses.ts';
import { contribution } from './tallies.ts';

const verdict = (reason: string, more: Partial<AuditVerdict> = {}): AuditVerdict => ({
  status: 'False',
  reason,
  message: 'why',
  stalls: false,
  ...more,
});

const EFFECTIVE: EffectiveVerdict = { status: 'True', reason: 'Proved', message: 'they record it' };
const both = (published: AuditVerdict, effective: EffectiveVerdict | undefined = EFFECTIVE): AuditVerdicts => ({
  published,
  effective,
});

describe('the status of a baseline with an audit section', () => {
  const fine = { a: contribution() };
  const TABLE: readonly (readonly [string, AuditVerdict | undefined, string, string])[] = [
    ['no such section', undefined, 'Ready=True Succeeded, Compliant=True NoFindings', 'Current'],
    [
      'a published policy',
      verdict('Published', { status: 'True' }),
      'Ready=True Succeeded, Compliant=True NoFindings, AuditPolicyPublished=True Published, AuditEffective=True Proved',
      'Current',
    ],
    [
      'a section that only audits',
      verdict('NotEnforced'),
      'Ready=True Succeeded, Compliant=True NoFindings, AuditPolicyPublished=False NotEnforced, AuditEffective=True Proved',
      'Current',
    ],
    [
      'a section that lints badly',
      verdict('AuditSectionRefused', { stalls: true }),
      'Stalled=True AuditSectionRefused, Ready=False AuditSectionRefused, Compliant=True NoFindings, AuditPolicyPublished=False AuditSectionRefused, AuditEffective=True Proved',
      'Failed',
    ],
    [
      'a policy that could not be written yet',
      verdict('NotWritten'),
      'Reconciling=True ProgressingWithRetry, Ready=False NotWritten, Compliant=True NoFindings, AuditPolicyPublished=False NotWritten, AuditEffective=True Proved',
      'InProgress',
    ],
  ];
  for (const [what, audit, conditions, computed] of TABLE) {
    it(`says of ${what}: ${computed}`, () => {
      const is = status(fine, restricted, undefined, audit === undefined ? undefined : both(audit));
      expect(said(is)).to.equal(conditions);
      expect(kstatus(is, restricted.generation)).to.equal(computed);
    });
  }

  it('takes the condition away with the section', () => {
    const before = status(fine, restricted, undefined, both(verdict('NotEnforced')));
    const after = status(fine, restricted, before);
    for (const type of ['AuditPolicyPublished', 'AuditEffective']) expect(condition(after, type)).to.equal(undefined);
  });

  it('says what was known of the proof until something new is, and nothing at first', () => {
    const published = verdict('Published', { status: 'True' });
    const first = status(fine, restricted, undefined, { published, effective: undefined });
    expect(condition(first, 'AuditEffective')).to.include({ status: 'Unknown', reason: 'Probing' });
    const proved = status(fine, restricted, first, both(published));
    expect(condition(proved, 'AuditEffective')).to.include({ status: 'True', reason: 'Proved' });
    const restarted = status(fine, restricted, proved, { published, effective: undefined });
    expect(restarted).to.deep.equal(proved);
  });
});
