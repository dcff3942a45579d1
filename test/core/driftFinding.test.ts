import { expect } from 'chai';
import { quoteForeign } from '../../src/core/model/finding.ts';
import type { Change } from '../../src/core/plan/change.ts';
import { byManager, findingOfChange } from '../../src/core/plan/driftFinding.ts';
import { create, liveOf, recreate, relabel, remove, update } from './changes.ts';

const brief = (change: Change): string => {
  const { result, severity, reason, check } = findingOfChange(change);
  return `${result} ${severity} ${reason} ${check}`;
};

describe('a change that was not carried out', () => {
  const cases: readonly (readonly [Change, string])[] = [
    [create(), 'fail high Missing SB-NET-001'],
    [update(), 'fail high Modified SB-NET-001'],
    [relabel(), 'fail low Modified SB-NET-001'],
    [recreate(), 'fail high Terminating SB-NET-001'],
    [recreate('x', { reason: 'RoleRefReplaced' }), 'fail high RoleRefReplaced SB-NET-001'],
    [remove('x'), 'fail medium NotDeclared SB-NET-001'],
    [remove('x', 'Released', 'rbac'), 'fail medium Released SB-RBAC-002'],
    [remove('x', 'ForeignPolicy'), 'fail medium ForeignPolicy SB-NET-001'],
  ];
  for (const [change, expected] of cases) {
    it(`is a finding: ${expected}`, () => {
      expect(brief(change)).to.equal(expected);
    });
  }

  it('names the object, at most four fields, and the last writer as a claim', () => {
    const live = { ...liveOf('drawbridge-d'), manager: 'kubectl-edit' };
    const fields = ['/a', '/b', '/c', '/d', '/e'];
    expect(findingOfChange(update('drawbridge-d', { live, fields })).message).to.equal(
      'NetworkPolicy payments/drawbridge-d differs at /a, /b, /c, /d, last written by a client that calls itself kubectl-edit',
    );
    expect(byManager('')).to.equal('');
  });

  it('THREATS 1: never blames ourselves for what somebody else took away', () => {
    const live = { ...liveOf('drawbridge-d'), manager: 'drawbridge' };
    expect(findingOfChange(update('drawbridge-d', { live })).message).to.not.contain('calls itself');
  });

  it('THREATS 6: escapes and cuts what others chose', () => {
    expect(quoteForeign('a"b\u0007\u007f\n')).to.equal('a\\"b\\u0007\\u007f\\n');
    expect(quoteForeign('x'.repeat(65))).to.equal(`${'x'.repeat(63)}…`);
    expect(quoteForeign('x'.repeat(64))).to.equal('x'.repeat(64));
    expect(byManager('\u001b[31m')).to.contain('\\u001b[31m');
  });
});
