import { expect } from 'chai';
import type { AdmissionVerdict } from '../../src/core/outcome/admissionVerdict.ts';
import { statusOf } from '../../src/core/outcome/status.ts';
import { kstatus } from '../support/model/kstatus.ts';
import { restricted, said } from './statuses.ts';
import { contribution, tallyOf } from './tallies.ts';

describe('the status of a baseline with admission', () => {
  const TABLE: readonly (readonly [AdmissionVerdict['status'], AdmissionVerdict['reason'], string, string])[] = [
    ['True', 'Enforced', 'Ready=True Succeeded', 'Current'],
    ['False', 'NotEnforced', 'Ready=True Succeeded', 'Current'],
    ['False', 'NotServed', 'Ready=True Succeeded', 'Current'],
    ['Unknown', 'NotSynced', 'Reconciling=True NotSynced, Ready=Unknown NotSynced', 'InProgress'],
    ['False', 'NotWritten', 'Reconciling=True ProgressingWithRetry, Ready=False NotWritten', 'InProgress'],
    ['False', 'RightsMissing', 'Stalled=True RightsMissing, Ready=False RightsMissing', 'Failed'],
  ];
  for (const [status, reason, conditions, computed] of TABLE) {
    it(`says of ${reason}: ${computed}`, () => {
      const tally = tallyOf({ a: contribution() });
      const is = statusOf(restricted, undefined, tally, 'now', undefined, { status, reason, message: 'why' });
      expect(said(is)).to.equal(`${conditions}, Compliant=True NoFindings, AdmissionEnforced=${status} ${reason}`);
      expect(kstatus(is, restricted.generation)).to.equal(computed);
      expect(said(statusOf(restricted, is, tally, 'later'))).not.to.contain('AdmissionEnforced');
    });
  }
});
