import { expect } from 'chai';
import fc from 'fast-check';
import { catchAll } from '../../../src/audit/compile/bounds.ts';
import { lossesUnder } from '../../../src/audit/delivery/losses.ts';
import { meet } from '../../../src/audit/delivery/meet.ts';
import { explain, matches } from '../../../src/audit/match.ts';
import type { AuditPolicy, AuditRule } from '../../../src/audit/policy.ts';
import { anyPublished, anyRequest, anyTaken } from './arbitraryDelivery.ts';

const anyPolicy = fc.oneof(anyPublished, anyTaken);
const anyRule: fc.Arbitrary<AuditRule> = anyPolicy.chain(({ rules }) => fc.constantFrom(...rules));

describe('meet', () => {
  it('matches what both rules match', () => {
    let met = 0;
    fc.assert(
      fc.property(anyRule, anyRule, fc.array(anyRequest, { minLength: 20, maxLength: 20 }), (a, b, requests) => {
        const both = meet(a, b);
        for (const request of requests.filter((one) => matches(a, one) && matches(b, one))) {
          met += 1;
          expect(both !== undefined && matches(both, request), JSON.stringify({ a, b, request })).to.equal(true);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(met).to.be.above(200);
  });

  it('matches nothing else, but for members of groups', () => {
    fc.assert(
      fc.property(anyRule, anyRule, anyRequest, (a, b, request) => {
        const both = meet({ ...a, userGroups: [] }, b);
        if (both !== undefined && matches(both, request)) {
          expect([matches({ ...a, userGroups: [] }, request), matches(b, request)]).to.deep.equal([true, true]);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  const of = (...resources: readonly string[]): AuditRule => ({
    ...catchAll('Metadata'),
    resources: [{ group: '', resources, resourceNames: [] }],
  });
  for (const [a, b, both] of [
    ['pods/*', 'pods/log', 'pods/log'],
    ['pods/*', '*/log', 'pods/log'],
    ['*/log', 'pods/log', 'pods/log'],
    ['pods/*', 'pods', 'pods'],
    ['*', '*/log', '*/log'],
    ['pods', '*/log', undefined],
    ['pods/*', 'nodes/*', undefined],
  ] as const) {
    it(`knows what ${a} and ${b} have in common`, () => {
      for (const met of [meet(of(a), of(b)), meet(of(b), of(a))]) {
        expect(met?.resources[0]?.resources[0]).to.equal(both);
      }
    });
  }
});

describe('lossesUnder', () => {
  it('names every request that another policy records otherwise, by the rule that decides it', () => {
    const counts = { same: 0, laxer: 0, stricter: 0 };
    fc.assert(
      fc.property(
        anyPolicy,
        anyPolicy,
        fc.array(anyRequest, { minLength: 10, maxLength: 10 }),
        (policy, given, all) => {
          const losses = lossesUnder(policy, given);
          for (const request of all) {
            const [asked, recorded] = [explain(policy, request), explain(given, request)];
            const direction = directionOf(asked.level, recorded.level);
            counts[direction] += 1;
            if (direction === 'same') continue;
            const named = losses.filter(
              (loss) =>
                loss.rule === (asked.rule ?? policy.rules.length) &&
                loss.asked === asked.level &&
                loss.recorded === recorded.level &&
                loss.direction === direction &&
                loss.requests.some((one) => matches(one, request)),
            );
            expect(named, JSON.stringify({ policy, given, request })).to.have.length.above(0);
          }
        },
      ),
      { numRuns: 400 },
    );
    for (const count of Object.values(counts)) expect(count).to.be.above(200);
  });

  it('says nothing of a policy under itself, nor under one with its rules split', () => {
    fc.assert(
      fc.property(anyPublished, (policy) => {
        expect(lossesUnder(policy, policy)).to.deep.equal([]);
        const split = policy.rules.flatMap((rule) =>
          rule.resources.length < 2 ? [rule] : rule.resources.map((one) => ({ ...rule, resources: [one] })),
        );
        expect(lossesUnder({ ...policy, rules: split }, policy)).to.deep.equal([]);
      }),
      { numRuns: 100 },
    );
  });

  const all: AuditPolicy = { rules: [catchAll('Request')], omitStages: [], omitManagedFields: false };
  const part = (loss: object) => ({ rule: 0, asked: 'Request', recorded: 'Request', exposes: false, ...loss });

  it('names stages and fields that are left out of events which come', () => {
    const given: AuditPolicy = { ...all, omitStages: ['RequestReceived'], omitManagedFields: true };
    expect(lossesUnder(all, given).map(({ requests: _, ...rest }) => rest)).to.deep.equal([
      part({ direction: 'laxer', without: ['stage RequestReceived', 'managedFields'] }),
    ]);
    expect(lossesUnder(given, all)).to.deep.equal([]);
  });

  it('names of several verbs and resources those alone that are recorded otherwise', () => {
    const rule = { ...catchAll('Request'), verbs: ['get', 'update'], resources: [of('a', 'b')] };
    const given: AuditPolicy = {
      ...all,
      rules: [
        { ...catchAll('Request'), verbs: ['update'] },
        { ...catchAll('Request'), resources: [of('a')] },
        catchAll('Metadata'),
      ],
    };
    const [loss, ...more] = lossesUnder({ ...all, rules: [rule] }, given).filter((one) => one.direction === 'laxer');
    expect(more).to.deep.equal([]);
    expect(loss?.requests).to.deep.equal([{ ...rule, verbs: ['get'], resources: [of('b')] }]);
  });

  it('speaks of requests that no rule is about', () => {
    const nothing: AuditPolicy = { ...all, rules: [{ ...catchAll('Request'), verbs: ['get'] }] };
    expect(lossesUnder(nothing, all).map(({ rule, asked, recorded }) => [rule, asked, recorded])).to.deep.equal([
      [1, 'None', 'Request'],
    ]);
  });
});

const of = (...resources: readonly string[]) => ({ group: '', resources, resourceNames: [] });

function directionOf(asked: string, recorded: string): 'same' | 'laxer' | 'stricter' {
  const levels = ['None', 'Metadata', 'Request', 'RequestResponse'];
  if (asked === recorded) return 'same';
  return levels.indexOf(recorded) > levels.indexOf(asked) ? 'stricter' : 'laxer';
}
