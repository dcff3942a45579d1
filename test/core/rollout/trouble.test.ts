import { expect } from 'chai';
import type { Finding } from '../../../src/core/model/finding.ts';
import type { BaselineOutcome } from '../../../src/core/outcome/outcome.ts';
import { knownFindings, troubleOf } from '../../../src/core/rollout/trouble.ts';
import { finding } from '../../support/build.ts';
import { failure } from '../tallies.ts';

const found = (...findings: readonly Finding[]): BaselineOutcome => ({
  baseline: 'restricted',
  uid: 'uid-restricted',
  generation: 2,
  state: 'drifted',
  retained: false,
  findings,
  failure: undefined,
});
const reasonOf = (now: BaselineOutcome, before: readonly Finding[] = []): string | undefined =>
  troubleOf('payments', now, knownFindings([found(...before)]))?.reason;
const held = finding({ reason: 'RaiseHeld' });
const critical = finding({ severity: 'critical' });

describe('what stops a roll-out', () => {
  it('is a finding that something is held back, a critical one, or a write that fails', () => {
    expect(reasonOf(found(held))).to.equal('RaiseHeld');
    expect(reasonOf(found(finding({ reason: 'PreflightHeld' })))).to.equal('PreflightHeld');
    expect(reasonOf(found(critical))).to.equal('ForeignPolicyOpensNamespace');
    expect(reasonOf({ ...found(), failure: failure('RefusedByAdmission') })).to.equal('RefusedByAdmission');
  });

  it('is nothing that was there before, that is less, or that is waived, unknown or a warning', () => {
    expect(reasonOf(found(held, critical), [critical, held])).to.equal(undefined);
    expect(reasonOf(found(finding()))).to.equal(undefined);
    for (const result of ['waived', 'unknown', 'warn'] as const)
      expect(reasonOf(found({ ...held, result }, { ...critical, result }))).to.equal(undefined);
  });

  it('is the same reason for another object', () => {
    const other = { ...held, ref: { ...held.ref, name: 'other' } };
    expect(reasonOf(found(held, other), [held])).to.equal('RaiseHeld');
  });
});
