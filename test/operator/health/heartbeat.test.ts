import { expect } from 'chai';
import { BEAT_MS, createHeartbeat, keepBeating } from '../../../src/operator/health/heartbeat.ts';
import { createClock } from '../../support/buildClock.ts';

/** A heart that beats at these distances, in milliseconds. */
function beating(...distancesMs: readonly number[]) {
  const heartbeat = createHeartbeat(0);
  let nowMs = 0;
  for (const distanceMs of distancesMs) {
    nowMs += distanceMs;
    heartbeat.beat(nowMs);
  }
  return heartbeat;
}

const regular = (count: number): readonly number[] => Array.from({ length: count }, () => BEAT_MS);
const blocked = (ms: number, count: number): readonly number[] => Array.from({ length: count }, () => BEAT_MS + ms);

describe('The event loop', () => {
  it('is well while it turns, busy or not', () => {
    expect(beating(...regular(600)).failing()).to.equal(undefined);
    expect(beating(...blocked(900, 600)).failing()).to.equal(undefined);
  });

  it('that is held up for three seconds of every four is not, within half a minute', () => {
    expect(beating(...regular(600), ...blocked(3_000, 7)).failing()).to.equal(
      'the event loop was held up for 21 s of the last minute',
    );
  });

  it('that is blocked for 25 s of every 30 is not, though the kubelet gets an answer between: red by the third', () => {
    const often = Array.from({ length: 3 }, () => [...regular(4), BEAT_MS + 25_000]).flat();
    expect(beating(...often.slice(0, -1)).failing()).to.equal(undefined);
    expect(beating(...often).failing()).to.equal('the event loop was held up for 30 s of the last minute');
    expect(beating(...often, ...regular(60)).failing()).to.equal(undefined);
  });

  it('is well again a minute after the last hold-up', () => {
    const ill = [...blocked(3_000, 15)];
    expect(beating(...ill, ...regular(30)).failing()).to.not.equal(undefined);
    expect(beating(...ill, ...regular(60)).failing()).to.equal(undefined);
  });

  it('of a process that was stopped, or whose machine slept, is well when it goes on', () => {
    expect(beating(...regular(5), 3_600_000, ...regular(1)).failing()).to.equal(undefined);
    expect(beating(...regular(5), 30_000, 30_000).failing()).to.equal(undefined);
  });

  it('is well though its clock jumps back', () => {
    expect(beating(...regular(5), -5_000, ...regular(5)).failing()).to.equal(undefined);
  });
});

describe('The time for which the process was awake', () => {
  it('is the time that went by', () => {
    expect(beating(...regular(60)).awakeMs()).to.equal(60_000);
    expect(beating(...blocked(500, 10)).awakeMs()).to.equal(15_000);
  });

  it('leaves out sleep and blocks, and never runs backwards', () => {
    expect(beating(...regular(5), 3_600_000, ...regular(5)).awakeMs()).to.equal(12_000);
    expect(beating(...regular(5), -5_000).awakeMs()).to.equal(5_000);
  });

  it('advances once a second, until it is stopped', async () => {
    const clock = createClock();
    const heartbeat = createHeartbeat(clock.nowMs());
    let beats = 0;
    const stop = keepBeating(heartbeat, clock, () => {
      beats += 1;
    });
    await clock.advance(10_500);
    expect([beats, heartbeat.awakeMs()]).to.deep.equal([10, 10_000]);
    stop();
    await clock.advance(10_000);
    expect(beats).to.equal(10);
  });
});
