import { expect } from 'chai';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import type { Contribution } from '../../src/core/outcome/tally.ts';
import { baseline } from '../support/build.ts';
import { kstatus } from '../support/model/kstatus.ts';
import type { Member } from './statuses.ts';
import { condition, GENERATION, restricted, said, status } from './statuses.ts';
import { contribution, failure } from './tallies.ts';

describe('the status of a baseline', () => {
  const failed = (reason: Parameters<typeof failure>[0]): Contribution =>
    contribution('failed', { failure: failure(reason) });
  const drifted = contribution('drifted');
  const fine = contribution();
  const TABLE: readonly (readonly [string, Readonly<Record<string, Member>>, string, string])[] = [
    ['nothing governed', {}, 'Ready=True Succeeded, Compliant=True NoFindings', 'Current'],
    ['all done and clean', { a: fine, b: fine }, 'Ready=True Succeeded, Compliant=True NoFindings', 'Current'],
    [
      'namespaces to go',
      { a: fine, b: 'pending' },
      'Reconciling=True Progressing, Ready=Unknown Progressing, Compliant=Unknown Progressing',
      'InProgress',
    ],
    ['something found', { a: fine, b: drifted }, 'Ready=True Succeeded, Compliant=False FindingsPresent', 'Current'],
    [
      'something found, and namespaces to go',
      { a: 'pending', b: drifted },
      'Reconciling=True Progressing, Ready=Unknown Progressing, Compliant=False FindingsPresent',
      'InProgress',
    ],
    [
      'something that could not be judged',
      { a: fine, b: contribution('unknown') },
      'Ready=True Succeeded, Compliant=Unknown OtherPolicyApi',
      'Current',
    ],
    [
      'a write that is tried again',
      { a: fine, b: failed('Conflict') },
      'Reconciling=True ProgressingWithRetry, Ready=False Conflict, Compliant=False FindingsPresent',
      'InProgress',
    ],
    [
      'a right that is missing',
      { a: fine, b: failed('MissingRight') },
      'Stalled=True MissingRight, Ready=False MissingRight, Compliant=False FindingsPresent',
      'Failed',
    ],
    [
      'objects refused everywhere',
      { a: failed('Invalid'), b: failed('Invalid') },
      'Stalled=True Invalid, Ready=False Invalid, Compliant=False FindingsPresent',
      'Failed',
    ],
    [
      'objects refused in one namespace',
      { a: failed('Invalid'), b: fine },
      'Reconciling=True ProgressingWithRetry, Ready=False Invalid, Compliant=False FindingsPresent',
      'InProgress',
    ],
    [
      'objects refused in the only namespace',
      { a: failed('Invalid') },
      'Stalled=True Invalid, Ready=False Invalid, Compliant=False FindingsPresent',
      'Failed',
    ],
    [
      'objects refused in the only namespace, which is held',
      { a: contribution('failed', { failure: failure('Invalid'), retained: true }) },
      'Stalled=True Invalid, Ready=False Invalid, Compliant=False FindingsPresent',
      'Failed',
    ],
    [
      'objects refused, and namespaces to go',
      { a: failed('Invalid'), b: 'pending' },
      'Reconciling=True ProgressingWithRetry, Ready=False Invalid, Compliant=False FindingsPresent',
      'InProgress',
    ],
    [
      'a held namespace in which something is wrong',
      { a: contribution('drifted', { retained: true }) },
      'Ready=True Succeeded, Compliant=False FindingsPresent',
      'Current',
    ],
    [
      'a held namespace that cannot be repaired',
      { a: contribution('failed', { retained: true }) },
      'Reconciling=True ProgressingWithRetry, Ready=False ServerError, Compliant=False FindingsPresent',
      'InProgress',
    ],
    [
      'a held namespace that could not be judged',
      { a: fine, b: contribution('unknown', { retained: true }) },
      'Ready=True Succeeded, Compliant=Unknown OtherPolicyApi',
      'Current',
    ],
  ];
  for (const [what, members, expected, verdict] of TABLE) {
    it(`with ${what} is: ${expected}`, () => {
      expect(said(status(members))).to.equal(expected);
      expect(kstatus(status(members), GENERATION)).to.equal(verdict);
    });
  }

  it('of a suspended baseline says so, and judges by what is found', () => {
    const suspended = baseline('restricted', { suspend: true }, { generation: GENERATION });
    expect(said(status({ a: drifted }, suspended))).to.equal('Ready=True Suspended, Compliant=False FindingsPresent');
  });

  it('THREATS 14: warns of Delete with a selector of labels', () => {
    const message = (by: Baseline): string | undefined => condition(status({}, by), 'Ready')?.message;
    expect(message(baseline('a', { deletionPolicy: 'Delete' }))).to.contain('whoever changes the labels');
    expect(message(baseline('a', { deletionPolicy: 'Delete', namespaceSelector: { matchLabels: {} } }))).to.not.contain(
      'labels',
    );
    expect(message(baseline('a'))).to.not.contain('labels');
  });

  it('names the namespace that failed first, in the order of names', () => {
    const message = condition(status({ b: failed('Conflict'), a: failed('ServerError'), c: fine }), 'Ready')?.message;
    expect(message).to.equal('2 of 3 namespaces failed; a: ServerError was answered');
  });

  it('says so where a baseline governs nothing, and counts one namespace as one', () => {
    const ready = (members: Readonly<Record<string, Member>>) => condition(status(members), 'Ready')?.message;
    expect(ready({})).to.equal(
      'governs no namespace: namespaceSelector selects none, or other baselines govern those that it selects',
    );
    expect(ready({ a: fine })).to.equal('1 namespace evaluated');
    expect(ready({ a: fine, b: fine })).to.equal('2 namespaces evaluated');
  });

  it('counts', () => {
    const members = { a: fine, b: drifted, c: 'pending', d: contribution('compliant', { retained: true }) } as const;
    expect(status(members).namespaces).to.deep.equal({
      governed: 3,
      compliant: 1,
      drifted: 1,
      failed: 0,
      unknown: 0,
      waived: 0,
      pending: 1,
      retained: 1,
    });
    expect(status(members).summary).to.equal('1/3');
  });

  it('of a generation that is not done keeps the generation of before, or -1', () => {
    expect(status({ a: 'pending' }).observedGeneration).to.equal(-1);
    expect(status({ a: 'pending' }, restricted, { observedGeneration: 2 }).observedGeneration).to.equal(2);
    expect(status({ a: fine }, restricted, { observedGeneration: 2 }).observedGeneration).to.equal(3);
  });
});
