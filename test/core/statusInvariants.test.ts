import { expect } from 'chai';
import type { SecurityBaselineStatus } from '../../src/api/types.ts';
import { statusOf } from '../../src/core/outcome/status.ts';
import type { Member } from './statuses.ts';
import { condition, GENERATION, restricted, said, status } from './statuses.ts';
import { contribution, failure, tallyOf } from './tallies.ts';

describe('every status', () => {
  const STATES = ['compliant', 'drifted', 'failed', 'unknown'] as const;
  const members: readonly Member[] = [
    'pending',
    ...STATES.map((state) => contribution(state)),
    ...STATES.map((state) => contribution(state, { retained: true })),
    ...(['MissingRight', 'Invalid'] as const).flatMap((reason) => [
      contribution('failed', { failure: failure(reason) }),
      contribution('failed', { failure: failure(reason), retained: true }),
    ]),
  ];
  const befores = [undefined, status({ a: 'pending' }), status({ a: contribution('failed') })];

  it('keeps the invariants of kstatus in every combination of three namespaces', () => {
    const triples = members.flatMap((x) => members.flatMap((y) => members.map((z) => [x, y, z] as const)));
    for (const before of befores) {
      for (const [a, b, c] of triples) {
        const result = status({ a, b, c }, restricted, before);
        const broken = violation(result, [a, b, c], before?.observedGeneration ?? -1);
        if (broken !== undefined) expect.fail(`${broken}: ${JSON.stringify([a, b, c])} gives ${said(result)}`);
        expect(statusOf(restricted, result, tallyOf({ a, b, c }), 'later')).to.deep.equal(result);
      }
    }
    expect(triples).to.have.length(13 ** 3);
  });
});

/** The first invariant that a status breaks. */
function violation(of: SecurityBaselineStatus, members: readonly Member[], before: number): string | undefined {
  const is = (type: string): string | undefined => condition(of, type)?.status;
  const states = members.map((member) => (member === 'pending' ? 'pending' : member.state));
  const settled = of.observedGeneration === GENERATION;
  const rules: Readonly<Record<string, boolean>> = {
    'Ready and Compliant are always there': is('Ready') !== undefined && is('Compliant') !== undefined,
    'Reconciling and Stalled are only there while True': !['False', 'Unknown'].some(
      (value) => is('Reconciling') === value || is('Stalled') === value,
    ),
    'Reconciling and Stalled exclude each other': is('Reconciling') === undefined || is('Stalled') === undefined,
    'Ready True is neither Reconciling nor Stalled':
      (is('Ready') === 'True') === (is('Reconciling') === undefined && is('Stalled') === undefined),
    'Ready Unknown is Reconciling': is('Ready') !== 'Unknown' || is('Reconciling') === 'True',
    'Stalled is Ready False': is('Stalled') === undefined || is('Ready') === 'False',
    'the generation is observed when it is done or stalled, and not before':
      settled === (is('Reconciling') === undefined),
    'an unsettled generation keeps the one before': settled || of.observedGeneration === before,
    'every condition is about this generation': (of.conditions ?? []).every((c) => c.observedGeneration === GENERATION),
    'Ready True needs every namespace looked at and none failed':
      is('Ready') !== 'True' || !states.some((state) => state === 'pending' || state === 'failed'),
    'Compliant True needs every namespace compliant':
      (is('Compliant') === 'True') === states.every((s) => s === 'compliant'),
    'Compliant False needs something found':
      (is('Compliant') === 'False') === states.some((s) => s === 'drifted' || s === 'failed'),
    'Compliant True is Ready True': is('Compliant') !== 'True' || is('Ready') === 'True',
    'reasons are words and messages sentences': (of.conditions ?? []).every(
      (c) => /^[A-Z][A-Za-z]+$/.test(c.reason) && c.message !== '',
    ),
    'governed is the sum of the states': sumOf(of) === of.namespaces?.governed,
  };
  return Object.entries(rules).find(([, holds]) => !holds)?.[0];
}

const sumOf = ({ namespaces }: SecurityBaselineStatus): number => {
  const { compliant = 0, drifted = 0, failed = 0, unknown = 0, pending = 0 } = namespaces ?? {};
  return compliant + drifted + failed + unknown + pending;
};
