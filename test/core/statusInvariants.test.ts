import { expect } from 'chai';
import { statusOf } from '../../src/core/outcome/status.ts';
import { brokenRule } from '../support/model/kstatus.ts';
import type { Member } from './statuses.ts';
import { GENERATION, restricted, said, status } from './statuses.ts';
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
        const states = [a, b, c].map((member) => (member === 'pending' ? member : member.state));
        const observedBefore = before?.observedGeneration ?? -1;
        const broken = brokenRule(result, { generation: GENERATION, states, observedBefore });
        if (broken !== undefined) expect.fail(`${broken}: ${JSON.stringify([a, b, c])} gives ${said(result)}`);
        expect(statusOf(restricted, result, tallyOf({ a, b, c }), 'later')).to.deep.equal(result);
      }
    }
    expect(triples).to.have.length(13 ** 3);
  });
});
