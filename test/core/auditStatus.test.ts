import { expect } from 'chai';
import type { AuditVerdict } from '../../src/core/outcome/auditVerdict.ts';
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

describe('the status of a baseline with an audit section', () => {
  const fine = { a: contribution() };
  const TABLE: readonly (readonly [string, AuditVerdict | undefined, string, string])[] = [
    ['no such section', undefined, 'Ready=True Succeeded, Compliant=True NoFindings', 'Current'],
    [
      'a published policy',
      verdict('Published', { status: 'True' }),
      'Ready=True Succeeded, Compliant=True NoFindings, AuditPolicyPublished=True Published',
      'Current',
    ],
    [
      'a section that only audits',
      verdict('NotEnforced'),
      'Ready=True Succeeded, Compliant=True NoFindings, AuditPolicyPublished=False NotEnforced',
      'Current',
    ],
    [
      'a section that lints badly',
      verdict('AuditSectionRefused', { stalls: true }),
      'Stalled=True AuditSectionRefused, Ready=False AuditSectionRefused, Compliant=True NoFindings, AuditPolicyPublished=False AuditSectionRefused',
      'Failed',
    ],
    [
      'a policy that could not be written yet',
      verdict('NotWritten'),
      'Reconciling=True ProgressingWithRetry, Ready=False NotWritten, Compliant=True NoFindings, AuditPolicyPublished=False NotWritten',
      'InProgress',
    ],
  ];
  for (const [what, audit, conditions, computed] of TABLE) {
    it(`says of ${what}: ${computed}`, () => {
      const is = status(fine, restricted, undefined, audit);
      expect(said(is)).to.equal(conditions);
      expect(kstatus(is, restricted.generation)).to.equal(computed);
    });
  }

  it('takes the condition away with the section', () => {
    const before = status(fine, restricted, undefined, verdict('NotEnforced'));
    expect(condition(status(fine, restricted, before), 'AuditPolicyPublished')).to.equal(undefined);
  });
});
