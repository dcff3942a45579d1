import { expect } from 'chai';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { Sighting } from '../../src/kube/candidacy.ts';
import { heldRecord, NEVER_SEEN, releasedRecord, sighted, stepOf } from '../../src/kube/candidacy.ts';
import type { LeaseRecord } from '../../src/kube/leaseRecord.ts';
import { leaseOf, leaseTime, readLease } from '../../src/kube/leaseRecord.ts';
import { wrongTimes } from '../../src/kube/leaseTimes.ts';
import { PLACE, TIMES } from './leaseServer.ts';

const T0 = '2026-01-01T00:00:00.000000Z';
const T1 = '2026-01-01T00:00:02.000000Z';
const held = (fields: Partial<LeaseRecord> = {}): LeaseRecord => ({
  holder: 'a',
  durationMs: 15_000,
  acquireTime: T0,
  renewTime: T0,
  transitions: 3,
  ...fields,
});
const lease = (fields: Partial<LeaseRecord> = {}): KubeObject => leaseOf(PLACE, held(fields));
const seenAt = (nowMs: number, seen: KubeObject | undefined, before: Sighting = NEVER_SEEN): Sighting =>
  sighted(before, seen, TIMES.durationMs, nowMs);

describe('what a candidate does about a Lease', () => {
  const gone = seenAt(5_000, undefined, seenAt(1_000, lease()));
  const table: readonly (readonly [says: string, sighting: Sighting, nowMs: number, step: unknown, leads?: boolean])[] =
    [
      ['creates one where there never was one', seenAt(0, undefined), 0, { step: 'create' }],
      ['waits while another holds it', seenAt(100, lease()), 15_099, { step: 'wait', holder: 'a', untilMs: 15_100 }],
      ['takes it when its duration has passed since it last changed', seenAt(100, lease()), 15_100, { step: 'take' }],
      ['takes one that was given up at once', seenAt(100, lease({ holder: '' })), 100, { step: 'take' }],
      [
        'renews its own, also one that it does not remember',
        seenAt(100, lease({ holder: 'me' })),
        9e9,
        { step: 'renew' },
      ],
      [
        'goes by the duration that the holder wrote',
        seenAt(0, lease({ durationMs: 60_000 })),
        30_000,
        { step: 'wait', holder: 'a', untilMs: 60_000 },
      ],
      [
        'leaves the holder its time when somebody deletes the Lease, from when that is seen',
        seenAt(9_000, undefined, gone),
        19_999,
        { step: 'wait', holder: 'a', untilMs: 20_000 },
      ],
      [
        'does so though it saw the Lease given up: another may have taken it since',
        seenAt(5_000, undefined, seenAt(1_000, lease({ holder: '' }))),
        19_999,
        { step: 'wait', holder: '', untilMs: 20_000 },
      ],
      ['creates a deleted one when that time has passed', gone, 20_000, { step: 'create' }],
      [
        'creates its own anew when somebody deletes it while it leads',
        seenAt(9, undefined, seenAt(0, lease({ holder: 'me' }))),
        9,
        { step: 'create' },
        true,
      ],
      [
        'waits when its own was deleted after its time: another may have had it since',
        seenAt(9, undefined, seenAt(0, lease({ holder: 'me' }))),
        9,
        { step: 'wait', holder: 'me', untilMs: 15_009 },
      ],
    ];
  for (const [says, sighting, nowMs, step, leads = false] of table) {
    it(says, () => expect(stepOf(sighting, 'me', leads, nowMs)).to.deep.equal(step));
  }

  it('counts a tenure from when it saw the record change, and by no time that is written in it', () => {
    const first = seenAt(1_000, lease({ renewTime: '1970-01-01T00:00:00.000000Z' }));
    expect(stepOf(first, 'me', false, 15_999).step).to.equal('wait');
    const renewed = seenAt(9_000, lease({ renewTime: '2999-01-01T00:00:00.000000Z' }), first);
    expect(stepOf(renewed, 'me', false, 23_999).step).to.equal('wait');
    expect(stepOf(renewed, 'me', false, 24_000).step).to.equal('take');
  });

  it('is not put off by who writes a label on the Lease again and again', () => {
    const first = seenAt(1_000, lease());
    const labelled = { ...lease(), metadata: { ...PLACE, resourceVersion: '7', labels: { a: 'b' } } };
    expect(seenAt(15_000, labelled, first)).to.deep.include({ freeAtMs: 16_000, lease: labelled });
  });
});

describe('the record of a Lease', () => {
  it('counts its transitions from holder to holder, and keeps when it was acquired', () => {
    expect(heldRecord(NEVER_SEEN, 'me', 15_000, T0)).to.deep.equal(held({ holder: 'me', transitions: 0 }));
    expect(heldRecord(seenAt(0, lease()), 'me', 15_000, T1)).to.deep.equal(
      held({ holder: 'me', acquireTime: T1, renewTime: T1, transitions: 4 }),
    );
    expect(heldRecord(seenAt(0, lease({ holder: 'me' })), 'me', 15_000, T1)).to.deep.equal(
      held({ holder: 'me', renewTime: T1 }),
    );
  });

  it('is given up as client-go gives it up', () => {
    expect(leaseOf(PLACE, releasedRecord(held(), T1)).spec).to.deep.equal({
      holderIdentity: '',
      leaseDurationSeconds: 1,
      acquireTime: T1,
      renewTime: T1,
      leaseTransitions: 3,
    });
  });

  it('has times with six digits, as metav1.MicroTime wants them', () => {
    expect(leaseTime(Date.UTC(2026, 0, 1) + 2_000)).to.equal(T1);
  });

  it('leaves what others wrote beside it', () => {
    const live: KubeObject = {
      ...lease(),
      metadata: { ...PLACE, labels: { a: 'b' } },
      spec: { strategy: 'x', leaseTransitions: 9 },
    };
    const next = leaseOf(PLACE, held(), live);
    expect(next.metadata).to.equal(live.metadata);
    expect(next.spec).to.include({ strategy: 'x', leaseTransitions: 3, holderIdentity: 'a' });
  });

  it('is read from anything', () => {
    const nobody = { holder: '', durationMs: 15_000, acquireTime: '', renewTime: '', transitions: 0 };
    for (const spec of [
      undefined,
      null,
      'x',
      [],
      {},
      { holderIdentity: 7, leaseDurationSeconds: -1, leaseTransitions: 0.5 },
    ]) {
      expect(readLease({ ...lease(), spec }, 15_000)).to.deep.equal(nobody);
    }
  });
});

describe('the times of an election', () => {
  it('are right as client-go has them', () => expect(wrongTimes(TIMES)).to.equal(undefined));

  for (const [what, wrong] of [
    ['a duration of part of a second', { durationMs: 1_500, renewDeadlineMs: 1_000, retryMs: 100 }],
    ['no duration', { durationMs: 0, renewDeadlineMs: 1_000, retryMs: 100 }],
    ['a deadline as long as the duration', { ...TIMES, renewDeadlineMs: 15_000 }],
    ['a retry period that leaves no time to try again', { ...TIMES, renewDeadlineMs: 2_400 }],
    ['no retry period', { ...TIMES, retryMs: 0 }],
  ] as const) {
    it(`are refused with ${what}`, () => expect(wrongTimes(wrong)).to.be.a('string'));
  }
});
