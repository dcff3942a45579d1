import { expect } from 'chai';
import type { Confidence } from '../../../src/audit/propose/confidence.ts';
import { confidenceOf } from '../../../src/audit/propose/confidence.ts';
import { describeSeconds, secondsOf } from '../../../src/audit/propose/instant.ts';
import { USAGE_LIMITS } from '../../../src/audit/usage/limits.ts';
import { usageOf } from '../../../src/audit/usage/usageIndex.ts';
import { event, target } from '../usage/events.ts';

const at = (iso: string): string => `${iso}.000000Z`;

/** Of bob, who used a right first at each of these times; the log ends with an event of somebody else. */
function confidence(end: string, ...firsts: readonly string[]): Confidence {
  const uses = firsts.map((first, index) =>
    event({ receivedAt: at(first), target: target({ resource: `kind${index}` }) }),
  );
  const usage = usageOf([...uses, event({ receivedAt: at(end), user: { name: 'eve', groups: [] } })]);
  const bob = usage.subjects.get('bob');
  if (bob === undefined) throw new Error('nothing of bob');
  return confidenceOf(usage.observed, bob);
}

describe('confidenceOf', () => {
  it('is high after a month whose second half brought nothing new', () => {
    expect(confidence('2026-03-31T00:00:00', '2026-03-01T00:00:00', '2026-03-15T00:00:00')).to.deep.equal({
      level: 'high',
      reasons: [],
      windowSeconds: 30 * 86_400,
      quietSeconds: 16 * 86_400,
      uses: 2,
    });
  });

  it('is medium where something new came in the second half, and says what high takes', () => {
    const found = confidence('2026-03-31T00:00:00', '2026-03-01T00:00:00', '2026-03-20T00:00:00');
    expect(found).to.include({ level: 'medium' });
    expect(found.reasons).to.deep.equal(['something new came 11d before the end; high takes 15d without']);
  });

  it('is low where the log is short, however often something was used, and says what medium takes', () => {
    expect(confidence('2026-03-01T03:00:00', '2026-03-01T00:00:00')).to.deep.include({
      level: 'low',
      reasons: ['it is known for 3h; medium takes 7d'],
    });
  });

  it('goes by when the subject was first seen, not by the length of the log', () => {
    expect(confidence('2026-06-01T00:00:00', '2026-05-31T00:00:00').level).to.equal('low');
  });

  it('is low where evidence was not kept', () => {
    const paths = ['/a', '/b'].map((path) =>
      event({ receivedAt: at('2026-01-01T00:00:00'), target: { type: 'path', path } }),
    );
    const usage = usageOf([...paths, event({ receivedAt: at('2026-03-01T00:00:00') })], {
      ...USAGE_LIMITS,
      pathsPerSubject: 1,
    });
    const bob = usage.subjects.get('bob');
    expect(bob && confidenceOf(usage.observed, bob).reasons).to.include('1 pieces of evidence were not kept');
  });
});

describe('secondsOf', () => {
  for (const time of ['1970-01-01T00:00:00', '2000-02-29T12:34:56', '2026-11-25T23:59:59', '2100-03-01T00:00:00']) {
    it(`counts as the clock of this machine does: ${time}`, () => {
      expect(secondsOf(at(time))).to.equal(Date.parse(`${time}Z`) / 1_000);
    });
  }

  it('is said in the largest unit of which there are two', () => {
    expect([0, 90, 119, 120, 7_199, 7_200, 172_800].map(describeSeconds)).to.deep.equal([
      '0s',
      '90s',
      '119s',
      '2m',
      '119m',
      '2h',
      '2d',
    ]);
  });
});
