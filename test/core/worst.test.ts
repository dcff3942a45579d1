import { expect } from 'chai';
import fc from 'fast-check';
import type { Severity } from '../../src/core/model/finding.ts';
import type { Contribution } from '../../src/core/outcome/tally.ts';
import { isBad, WORST_LIMIT, worstOf } from '../../src/core/outcome/worst.ts';
import { finding } from '../support/build.ts';
import { contribution, failure, tallyOf } from './tallies.ts';

const bad = (severity: Severity, sinceMs = 0, result: 'fail' | 'warn' | 'unknown' = 'fail'): Contribution =>
  contribution('drifted', { findings: [finding({ severity, result })], sinceMs });
const order = (
  members: Readonly<Record<string, Contribution>>,
  before: Parameters<typeof worstOf>[1] = [],
): readonly string[] => worstOf(tallyOf(members), before).map(({ namespace }) => namespace);

describe('the worst namespaces', () => {
  it('come by severity, then by how long, then by name', () => {
    const members = { d: bad('low'), c: bad('high', 2), b: bad('high', 1), a: bad('high', 2), e: bad('critical', 9) };
    expect(order(members)).to.deep.equal(['e', 'b', 'a', 'c', 'd']);
  });

  it('come with what only warns at the end', () => {
    const members = { a: bad('critical', 0, 'warn'), b: bad('low'), c: bad('low', 0, 'unknown') };
    expect(order(members)).to.deep.equal(['b', 'c', 'a']);
  });

  it('THREATS 6: have one entry each, so that one cannot push out the rest', () => {
    const noisy = contribution('drifted', {
      findings: Array.from({ length: 100 }, (_, i) => finding({ severity: 'critical', reason: `R${i}` })),
    });
    expect(order({ noisy, quiet: bad('low') })).to.deep.equal(['noisy', 'quiet']);
  });

  it('are at most twenty', () => {
    const members = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`n${i}`, bad('high')]));
    expect(order(members)).to.have.length(WORST_LIMIT);
  });

  it('leave out those with nothing to say', () => {
    expect(order({ a: contribution() })).to.deep.equal([]);
    expect(isBad(contribution())).to.equal(false);
    expect(isBad(contribution('failed', { findings: [], failure: failure() }))).to.equal(true);
  });

  it('are stable over a restart, when all have failed equally long', () => {
    const severity = fc.constantFrom<Severity>('critical', 'high', 'medium', 'low');
    const member = fc.tuple(severity, fc.integer({ min: 0, max: 5 }));
    const name = fc.integer({ min: 0, max: 99 }).map((i) => `n${i}`);
    fc.assert(
      fc.property(fc.dictionary(name, member, { maxKeys: 40 }), (all) => {
        const lived = Object.fromEntries(Object.entries(all).map(([ns, [s, sinceMs]]) => [ns, bad(s, sinceMs)]));
        const restarted = Object.fromEntries(Object.entries(all).map(([ns, [s]]) => [ns, bad(s)]));
        const before = worstOf(tallyOf(lived), []);
        expect(worstOf(tallyOf(restarted), before)).to.deep.equal(before);
      }),
    );
  });

  it('do not depend on the order in which namespaces were looked at', () => {
    const members = { a: bad('high'), b: bad('high'), c: bad('low') };
    const turned = Object.fromEntries(Object.entries(members).toReversed());
    expect(order(turned)).to.deep.equal(order(members));
  });

  it('have messages of a bounded length', () => {
    const long = contribution('drifted', { findings: [finding({ message: 'x'.repeat(5000) })] });
    expect(worstOf(tallyOf({ a: long }), [])[0]?.message).to.have.length(1024);
  });
});
