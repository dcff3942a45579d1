import { expect } from 'chai';
import fc from 'fast-check';
import type { Decision, Reached } from '../../../src/core/podSecurity/decide.ts';
import { decide } from '../../../src/core/podSecurity/decide.ts';
import type { Grade } from '../../../src/core/podSecurity/grade.ts';
import { covers, isSame, minorsOf } from '../../../src/core/podSecurity/grade.ts';
import type { PodLevel } from '../../../src/core/podSecurity/level.ts';
import { compareLevels } from '../../../src/core/podSecurity/level.ts';

/** `baseline`, or `baseline:v1.30`. */
function grade(text: string | undefined): Grade | undefined {
  if (text === undefined) return undefined;
  const [level, version] = text.split(':') as [PodLevel, string | undefined];
  return version === undefined ? { level } : { level, version };
}
const full = (text: string): Required<Grade> => ({ version: 'latest', ...(grade(text) as Grade) });
const reached = (text: string, before?: string): Reached => {
  const was = grade(before);
  return was === undefined ? full(text) : { ...full(text), before: was };
};

const decided = (declared: string | undefined, live: string | undefined, was?: Reached, waits = true): Decision =>
  decide({
    declared: declared === undefined ? undefined : full(declared),
    live: grade(live),
    reached: was,
    mustWait: () => waits,
  });

describe('THREATS 13: a first raise', () => {
  it('waits for workloads that would break, and leaves the labels as they are meanwhile', () => {
    for (const live of [undefined, 'privileged', 'baseline:latest']) {
      expect(decided('restricted', live)).to.deep.equal({
        wanted: undefined,
        reached: undefined,
        held: full('restricted'),
      });
    }
  });

  it('comes when nothing would break, and remembers what was there before', () => {
    expect(decided('restricted', undefined, undefined, false)).to.deep.equal({
      wanted: full('restricted'),
      reached: full('restricted'),
    });
    expect(decided('restricted:v1.30', 'baseline', undefined, false).reached).to.deep.equal(
      reached('restricted:latest', 'baseline'),
      'a label without a version means latest, and a newer version is stricter',
    );
    expect(decided('restricted:v1.30', 'baseline:v1.25', undefined, false)).to.deep.equal({
      wanted: full('restricted:v1.30'),
      reached: reached('restricted:v1.30', 'baseline:v1.25'),
    });
  });

  it('from one level to the next waits as well, and the one before holds meanwhile', () => {
    const was = reached('baseline');
    expect(decided('restricted', 'baseline:latest', was)).to.deep.equal({
      wanted: full('baseline'),
      reached: was,
      held: full('restricted'),
    });
    expect(decided('restricted', 'privileged', was).wanted).to.deep.equal(full('baseline'));
  });

  it('of a version waits too', () => {
    expect(decided('baseline:v1.34', 'baseline:v1.25')).to.have.property('held');
    expect(decided('baseline:latest', 'baseline:v1.25', reached('baseline:v1.25'))).to.have.property('held');
  });

  it('is none where the namespace is there already', () => {
    const there = decided('restricted', 'restricted:latest');
    expect(there).to.deep.equal({ wanted: full('restricted'), reached: full('restricted') });
  });
});

describe('THREATS 13: a level once enforced', () => {
  const was = reached('restricted', 'baseline');

  it('is put back whatever runs, when it was lowered, taken off or spoilt', () => {
    for (const live of [undefined, 'privileged', 'baseline', 'restricted', 'restricted:v1.20']) {
      expect(decided('restricted', live, was), live).to.deep.equal({ wanted: full('restricted'), reached: was });
    }
  });

  it('is lowered by its baseline alone, and not below what was there before', () => {
    expect(decided('baseline', 'restricted:latest', reached('restricted')).wanted).to.deep.equal(full('baseline'));
    expect(decided('privileged', 'restricted:latest', was).wanted).to.deep.equal(grade('baseline'));
  });

  it('gives way to what was there before when it is declared no more, else the last label stays', () => {
    expect(decided(undefined, 'restricted:latest', was)).to.deep.equal({
      wanted: grade('baseline'),
      reached: undefined,
    });
    expect(decided(undefined, 'restricted:latest', reached('restricted')).wanted).to.equal(undefined);
    expect(decided(undefined, 'privileged', was).wanted, 'it is not ours').to.equal(undefined);
  });
});

describe('THREATS 13: what a team has stricter', () => {
  it('stays, in its own words, and is reported', () => {
    for (const [declared, live] of [
      ['baseline', 'restricted:latest'],
      ['baseline', 'restricted'],
      ['baseline:v1.25', 'baseline:v1.30'],
      ['baseline:v1.25', 'baseline:latest'],
    ] as const) {
      const { wanted, stricter } = decided(declared, live);
      expect([wanted, stricter], live).to.deep.equal([grade(live), grade(live)]);
    }
  });

  it('may be taken back by the team, down to what is declared', () => {
    const { reached: record } = decided('baseline', 'restricted:latest');
    expect(record).to.deep.equal(full('baseline'));
    expect(decided('baseline', 'baseline:latest', record)).to.deep.equal({ wanted: full('baseline'), reached: record });
    expect(decided('baseline', 'privileged', record).wanted).to.deep.equal(full('baseline'));
  });

  it('in the level alone is joined with the version that is declared', () => {
    const { wanted, reached: record, stricter } = decided('baseline:latest', 'restricted:v1.20', undefined, false);
    expect([wanted, stricter]).to.deep.equal([full('restricted'), undefined]);
    expect(record).to.deep.equal(reached('restricted', 'restricted:v1.20'));
  });
});

describe('any decision about a mode', () => {
  const level = fc.constantFrom('privileged' as const, 'baseline' as const, 'restricted' as const);
  const version = fc.constantFrom('latest', 'v1.25', 'v1.31');
  const whole: fc.Arbitrary<Required<Grade>> = fc.record({ level, version });
  const any: fc.Arbitrary<Grade> = fc.oneof(whole, fc.record({ level }));
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const record: fc.Arbitrary<Reached> = fc
    .tuple(whole, maybe(any))
    .map(([grade, before]) =>
      before === undefined || !covers(grade, before) || isSame(grade, before) ? grade : { ...grade, before },
    );

  it('is never below what is declared, but while it waits; and never below what others chose', () => {
    fc.assert(
      fc.property(whole, maybe(any), maybe(record), fc.boolean(), (declared, live, was, waits) => {
        const { wanted, held } = decide({ declared, live, reached: was, mustWait: () => waits });
        const next = wanted ?? live;
        if (held === undefined) expect(next !== undefined && covers(next, declared)).to.equal(true);
        if (held !== undefined && was !== undefined)
          expect(compareLevels(next?.level ?? 'privileged', was.level) >= 0).to.equal(true);
        const isChosen = live !== undefined && (was === undefined || !covers(was, live));
        if (isChosen && wanted !== undefined) expect(compareLevels(wanted.level, live.level) >= 0).to.equal(true);
      }),
    );
  });

  it('is carried out once: the next look at it wants the same', () => {
    fc.assert(
      fc.property(whole, maybe(any), maybe(record), fc.boolean(), (declared, live, was, waits) => {
        const first = decide({ declared, live, reached: was, mustWait: () => waits });
        const now = first.wanted ?? live;
        const second = decide({ declared, live: now, reached: first.reached, mustWait: () => waits });
        expect(second.wanted ?? now).to.deep.equal(now);
        expect(second.reached).to.deep.equal(first.reached);
      }),
    );
  });
});

describe('the versions by which an API server judges', () => {
  it('are the one asked for, but none newer than itself, and all that it may be while it has not said', () => {
    expect(minorsOf(full('baseline:v1.25'), 36)).to.deep.equal({ from: 25, to: 25 });
    expect(minorsOf(full('baseline:v1.40'), 36)).to.deep.equal({ from: 36, to: 36 });
    expect(minorsOf({ level: 'baseline' }, 36)).to.deep.equal({ from: 36, to: 36 });
    expect(minorsOf(full('baseline:latest'), undefined)).to.deep.equal({ from: 31, to: Number.POSITIVE_INFINITY });
    expect(minorsOf(full('baseline:v1.34'), undefined)).to.deep.equal({ from: 31, to: 34 });
    expect(minorsOf(full('baseline:v1.25'), undefined)).to.deep.equal({ from: 25, to: 25 });
  });
});
