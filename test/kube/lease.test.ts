import { expect } from 'chai';
import { KubeError } from '../../src/kube/errors.ts';
import type { VirtualClock } from '../support/buildClock.ts';
import { createClock } from '../support/buildClock.ts';
import type { Candidate, CandidateOptions, LeaseServer, Verb } from './leaseServer.ts';
import { createCandidate, createLeaseServer, holderOf } from './leaseServer.ts';

/** Client-go's 15 s, and the later half of 2 s until the next look. */
const TAKEN_WITHIN_MS = 17_000;

describe('The election', () => {
  let clock: VirtualClock;
  let server: LeaseServer;
  const candidate = (name: string, options: CandidateOptions = {}): Candidate =>
    createCandidate(clock, server, name, options);
  /** `a` leads, `b` stands by. */
  const leaderAndStandby = async (): Promise<readonly [leader: Candidate, standby: Candidate]> => {
    const [a, b] = [candidate('a', { offsetMs: 1e6 }), candidate('b')];
    a.elector.start();
    await clock.advance(100);
    b.elector.start();
    await clock.advance(5_000);
    expect([a.elector.leads(), b.elector.leads()]).to.deep.equal([true, false]);
    return [a, b];
  };
  const untilLeads = async (who: Candidate, withinMs: number): Promise<number> => {
    const startMs = clock.nowMs();
    while (!who.elector.leads()) {
      if (clock.nowMs() - startMs > withinMs) throw new Error(`${who.name} does not lead after ${withinMs} ms`);
      await clock.advance(10);
    }
    return clock.nowMs() - startMs;
  };
  beforeEach(() => {
    clock = createClock();
    server = createLeaseServer(clock);
  });

  it('elects the first at once, who renews with one request every two seconds', async () => {
    const a = candidate('a');
    a.elector.start();
    await clock.advance(20);
    expect(a.told).to.deep.equal(['holder: a', 'elected']);
    await clock.advance(20_000);
    expect(a.elector.leads()).to.equal(true);
    expect(server.seen.slice(0, 2)).to.deep.equal(['a read', 'a create']);
    expect(server.seen.slice(2)).to.deep.equal(Array.from({ length: 9 }, () => 'a update'));
  });

  it('lets the others look and not write, for ever', async () => {
    const [, b] = await leaderAndStandby();
    await clock.advance(600_000);
    expect(b.told).to.deep.equal(['holder: a']);
    expect(server.seen.filter((request) => request.startsWith('b') && request !== 'b read')).to.deep.equal([]);
    expect(server.lease()?.spec).to.include({ holderIdentity: 'a', leaseTransitions: 0, leaseDurationSeconds: 15 });
  });

  it('elects one of several that start together', async () => {
    const all = ['a', 'b', 'c'].map((name) => candidate(name));
    for (const { elector } of all) elector.start();
    await clock.advance(60_000);
    expect(all.filter(({ elector }) => elector.leads())).to.have.lengthOf(1);
    expect(all.flatMap(({ told }) => told.filter((line) => /failed|lost/.test(line)))).to.deep.equal([]);
  });

  it('elects another within 17 seconds of the last renewal when a leader dies', async () => {
    for (const random of [0, 0.5, 0.999]) {
      clock = createClock();
      server = createLeaseServer(clock);
      const [a, b] = [candidate('a'), candidate('b', { random })];
      a.elector.start();
      await clock.advance(100);
      b.elector.start();
      await clock.advance(7_000);
      a.freeze();
      expect(await untilLeads(b, TAKEN_WITHIN_MS)).to.be.above(13_000);
      expect(server.lease()?.spec).to.include({ holderIdentity: 'b', leaseTransitions: 1 });
    }
  });

  it('hands over at once when a leader stops and the standby hears of it, else at its next look', async () => {
    const [a, b, c] = [candidate('a'), candidate('b', { watchDelayMs: 10 }), candidate('c')];
    a.elector.start();
    await clock.advance(100);
    b.elector.start();
    await clock.advance(5_000);
    const stopping = a.elector.stop();
    expect(a.elector.leads(), 'nothing is written once it gives the Lease up').to.equal(false);
    await clock.advance(10);
    await stopping;
    expect(server.lease()?.spec).to.include({ holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 0 });
    expect(await untilLeads(b, 200)).to.be.below(150);
    expect(a.told).to.deep.equal(['holder: a', 'elected']);

    c.elector.start();
    await clock.advance(3_000);
    await Promise.all([b.elector.stop(), clock.advance(10)]);
    expect(await untilLeads(c, 2_100)).to.be.above(0);
  });

  it('counts from the last renewal that was heard of, and asks for none of them', async () => {
    const [a, b] = [candidate('a'), candidate('b', { watchDelayMs: 10 })];
    a.elector.start();
    await clock.advance(100);
    b.elector.start();
    // The next renewal is at 8,000, b's next look well after it.
    await clock.advance(7_990);
    const looks = server.seen.filter((request) => request === 'b read').length;
    expect(looks).to.be.within(4, 7);
    a.freeze();
    const startMs = clock.nowMs();
    server.fate = (who) => ({ thereMs: 5, backMs: 5, ...(who === 'b' ? { lost: 'request' as const } : {}) });
    await clock.advance(20_000);
    server.fate = () => ({ thereMs: 5, backMs: 5 });
    expect(await untilLeads(b, 10_000), 'an outage leaves nothing to wait for').to.be.below(5_000 + 2_000);
    expect(clock.nowMs() - startMs).to.be.above(13_000);
  });

  it('takes no older news for newer, and none as a renewal that it is not', async () => {
    const [, b] = await leaderAndStandby();
    const old = server.lease();
    await clock.advance(4_000);
    const requests = server.seen.length;
    for (let time = 0; time < 20; time += 1) b.elector.hear(old);
    b.elector.hear(server.lease());
    await clock.advance(200);
    expect(server.seen.slice(requests).filter((request) => request === 'b read').length).to.be.at.most(1);
    expect(b.elector.leads()).to.equal(false);
  });

  it('looks no more than ten times a second, however often it hears something', async () => {
    const [, b] = await leaderAndStandby();
    const before = server.seen.length;
    for (let time = 0; time < 1_000; time += 1) {
      b.elector.hear(undefined);
      await clock.advance(1);
    }
    expect(server.seen.slice(before).filter((request) => request === 'b read').length).to.be.within(5, 12);
  });

  it('is lost when the Lease cannot be renewed for the deadline, long before another may take it', async () => {
    const [a, b] = await leaderAndStandby();
    server.fate = (who) => ({ thereMs: 5, backMs: 5, ...(who === 'a' ? { lost: 'request' as const } : {}) });
    await clock.advance(7_500);
    expect(a.elector.leads()).to.equal(true);
    await clock.advance(2_600);
    expect(a.elector.leads()).to.equal(false);
    expect(a.told.at(-1)).to.equal('lost: it was not renewed for 10000 ms');
    expect(b.elector.leads()).to.equal(false);
    await untilLeads(b, TAKEN_WITHIN_MS - 10_000);
    const requests = server.seen.length;
    await clock.advance(60_000);
    expect(server.seen.slice(requests).filter((request) => request.startsWith('a'))).to.deep.equal([]);
    expect(a.told.filter((line) => line.startsWith('lost'))).to.have.lengthOf(1);
  });

  it('survives one renewal that hangs: the next is made in time', async () => {
    const [a] = await leaderAndStandby();
    let hung = 0;
    server.fate = (who) => {
      if (who !== 'a' || hung > 0) return { thereMs: 5, backMs: 5 };
      hung += 1;
      return { thereMs: 5, backMs: 5, lost: 'request' };
    };
    await clock.advance(60_000);
    expect(hung).to.equal(1);
    expect(a.elector.leads()).to.equal(true);
    expect(a.told.filter((line) => line.startsWith('failed'))).to.deep.equal(['failed: TIMEOUT PUT /leases']);
  });

  it('is lost in the moment in which somebody else is seen to hold the Lease', async () => {
    const [a, b] = await leaderAndStandby();
    server.edit((spec) => ({ ...spec, holderIdentity: 'thief' }));
    a.elector.hear(server.lease());
    b.elector.hear(server.lease());
    await clock.advance(200);
    expect(a.told.at(-1)).to.equal('lost: thief holds the Lease');
    expect(a.elector.leads()).to.equal(false);
    // The thief never renews.
    expect(await untilLeads(b, TAKEN_WITHIN_MS)).to.be.above(14_000);
  });

  it('goes on when somebody deletes the Lease: the leader makes it anew, and no other', async () => {
    const [a, b] = await leaderAndStandby();
    server.delete();
    b.elector.hear(undefined);
    await clock.advance(500);
    expect(server.lease()).to.equal(undefined);
    await clock.advance(30_000);
    expect([a.elector.leads(), b.elector.leads(), holderOf(server)]).to.deep.equal([true, false, 'a']);
  });

  it('goes on when somebody writes on the Lease, and leaves what they wrote', async () => {
    const [a] = await leaderAndStandby();
    server.edit((spec) => ({ ...spec, preferredHolder: 'x' }));
    await clock.advance(30_000);
    expect(a.elector.leads()).to.equal(true);
    expect(server.lease()?.spec).to.include({ holderIdentity: 'a', preferredHolder: 'x', leaseTransitions: 0 });
  });

  it('is won by who became the holder without hearing of it', async () => {
    const b = candidate('b');
    let lost = 0;
    server.fate = (_who, verb: Verb) => {
      if (verb !== 'create' || lost > 0) return { thereMs: 5, backMs: 5 };
      lost += 1;
      return { thereMs: 5, backMs: 5, lost: 'answer' };
    };
    b.elector.start();
    await clock.advance(4_000);
    expect([holderOf(server), b.elector.leads()]).to.deep.equal(['b', false]);
    await clock.advance(6_000);
    expect(b.elector.leads()).to.equal(true);
    expect(server.lease()?.spec).to.include({ leaseTransitions: 0 });
  });

  it('waits as long as the server asks, and tells a failure', async () => {
    const b = candidate('b');
    const refused = new KubeError({ status: 429, method: 'GET', path: '/leases', body: {}, retryAfterMs: 7_000 });
    server.fate = () => ({ thereMs: 5, backMs: 5, refused });
    b.elector.start();
    await clock.advance(6_900);
    expect(server.seen).to.deep.equal(['b read']);
    server.fate = () => ({ thereMs: 5, backMs: 5 });
    await clock.advance(200);
    expect(b.elector.leads()).to.equal(true);
    expect(b.told[0]).to.contain('429');
  });

  describe('after a pause of the whole process', () => {
    it('is not led any more in the first instant, before any timer has run', async () => {
      const [a, b] = await leaderAndStandby();
      a.freeze();
      await clock.advance(9_000);
      expect(b.elector.leads()).to.equal(false);
      await clock.advance(11_000);
      expect([a.elector.leads(), b.elector.leads()]).to.deep.equal([false, true]);
      const before = server.seen.length;
      a.thaw();
      await clock.advance(60_000);
      expect(a.told.at(-1)).to.match(/^lost: /);
      expect(server.seen.slice(before).filter((request) => request.startsWith('a'))).to.deep.equal([]);
      expect(b.elector.leads()).to.equal(true);
    });

    it('is lost though a renewal sent before it was stored, when the answer is read too late', async () => {
      const [a] = await leaderAndStandby();
      server.fate = () => ({ thereMs: 5, backMs: 500 });
      // The next renewal is sent, and its answer comes in while the process is stopped.
      const sent = server.seen.length;
      while (server.seen.length === sent) await clock.advance(10);
      a.freeze();
      await clock.advance(10_500);
      a.thaw();
      expect(a.elector.leads()).to.equal(false);
      await clock.advance(0);
      expect(a.told.at(-1)).to.match(/^lost: /);
    });

    it('is not won by an answer that was read too late: the Lease is renewed first', async () => {
      const b = candidate('b');
      b.elector.start();
      await clock.advance(12);
      b.freeze();
      await clock.advance(12_000);
      expect(holderOf(server)).to.equal('b');
      b.thaw();
      await clock.advance(0);
      expect(b.told).not.to.include('elected');
      await clock.advance(5_000);
      expect(b.elector.leads()).to.equal(true);
    });
  });

  describe('by clocks that jump', () => {
    it('is not led while the wall clock says that the machine slept, until the Lease is renewed', async () => {
      const [a] = await leaderAndStandby();
      a.jump(3_600_000);
      expect(a.elector.leads()).to.equal(false);
      await clock.advance(2_100);
      expect(a.elector.leads()).to.equal(true);
      expect(a.told.filter((line) => line.startsWith('lost'))).to.deep.equal([]);
    });

    it('is lost in time though the wall clock is set back', async () => {
      const [a] = await leaderAndStandby();
      server.fate = () => ({ thereMs: 5, backMs: 5, lost: 'request' });
      a.jump(-3_600_000);
      await clock.advance(10_100);
      expect(a.elector.leads()).to.equal(false);
      expect(a.told.at(-1)).to.match(/^lost: /);
    });

    it('is not led by a machine that slept, whose monotonic clock stood still', async () => {
      const [a, b] = await leaderAndStandby();
      a.freeze();
      await clock.advance(60_000);
      a.sleepMonotonic(60_000);
      expect([a.elector.leads(), b.elector.leads()]).to.deep.equal([false, true]);
      a.thaw();
      await clock.advance(5_000);
      expect(a.elector.leads()).to.equal(false);
      expect(a.told.at(-1)).to.equal('lost: b holds the Lease');
    });
  });

  describe('ends', () => {
    it('at once for who stands by, and writes nothing', async () => {
      const [, b] = await leaderAndStandby();
      const startedMs = clock.nowMs();
      await Promise.all([b.elector.stop(), clock.advance(20)]);
      expect(clock.nowMs() - startedMs).to.equal(20);
      await clock.advance(60_000);
      expect(holderOf(server)).to.equal('a');
      expect(server.seen.filter((request) => request === 'b update')).to.deep.equal([]);
    });

    it('by giving up what is just being won', async () => {
      const b = candidate('b');
      b.elector.start();
      await clock.advance(12);
      await Promise.all([b.elector.stop(), clock.advance(50)]);
      expect(holderOf(server)).to.equal('');
      expect(b.elector.leads()).to.equal(false);
      expect(b.told).not.to.include('elected');
    });

    it('by giving up a Lease whose last renewal was stored without an answer', async () => {
      const [a] = await leaderAndStandby();
      server.edit((spec) => ({ ...spec, renewTime: '2026-01-01T00:00:00.000000Z' }));
      await Promise.all([a.elector.stop(), clock.advance(100)]);
      expect(holderOf(server)).to.equal('');
    });

    it('within a second when nothing answers', async () => {
      const [a] = await leaderAndStandby();
      server.fate = () => ({ thereMs: 5, backMs: 5, lost: 'request' });
      let stopped = false;
      void a.elector.stop().then(() => {
        stopped = true;
      });
      await clock.advance(1_001);
      expect(stopped).to.equal(true);
    });

    it('without taking anything from who holds the Lease by then', async () => {
      const [a] = await leaderAndStandby();
      server.edit((spec) => ({ ...spec, holderIdentity: 'c' }));
      await Promise.all([a.elector.stop(), clock.advance(100)]);
      expect(holderOf(server)).to.equal('c');
    });
  });
});
