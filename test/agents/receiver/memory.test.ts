import { expect } from 'chai';
import fc from 'fast-check';
import type { Memory } from '../../../src/agents/receiver/absorb.ts';
import { absorb } from '../../../src/agents/receiver/absorb.ts';
import { boundedEvent } from '../../../src/agents/receiver/boundedEvent.ts';
import { eventKey } from '../../../src/agents/receiver/eventKey.ts';
import { createRecentChanges } from '../../../src/agents/receiver/recentChanges.ts';
import { createRecentKeys } from '../../../src/agents/receiver/recentKeys.ts';
import { createRememberedEvents } from '../../../src/agents/receiver/rememberedEvents.ts';
import { readEvent } from '../../../src/audit/event.ts';
import { MAX_CHANGES, MAX_EVENTS_PER_ID, PROBE_ID_PREFIX } from '../../../src/operator/evidence/evidence.ts';
import type { RawEvent } from './events.ts';
import { eventList, logLine, rawEvent, rawEvents } from './events.ts';
import { heapBytes } from './heap.ts';

const memory = (keys = 10_000): Memory => ({
  keys: createRecentKeys(keys),
  events: createRememberedEvents(1_000),
  changes: createRecentChanges({ perResource: 100, total: 1_000 }),
});
const webhook = (bytes: Buffer) => ({ source: 'webhook', bytes }) as const;
const log = (bytes: Buffer) => ({ source: 'log', bytes }) as const;
const event = (fields: RawEvent = {}) => {
  const read = readEvent(rawEvent(fields));
  if (read === undefined) throw new Error('no event');
  return read;
};

describe('the key of an event', () => {
  const base = rawEvent();
  const others: Readonly<Record<string, RawEvent>> = {
    'another stage': { stage: 'ResponseStarted' },
    'another time of arrival': { requestReceivedTimestamp: '2026-01-01T00:00:09.000000Z' },
    'another time of the stage': { stageTimestamp: '2026-01-01T00:00:09.000000Z' },
    'another user': { user: { username: 'mallory' } },
    'another impersonated user': { impersonatedUser: { username: 'mallory' } },
    'another verb': { verb: 'delete' },
    'another path': { requestURI: '/api/v1/secrets' },
    'another query': { requestURI: `${base.requestURI}?dryRun=All` },
    'another source': { sourceIPs: ['10.0.0.2'] },
    'another client': { userAgent: 'curl/8' },
    'another result': { responseStatus: { code: 403 } },
  };
  for (const [what, fields] of Object.entries(others)) {
    it(`is another with ${what}, though the Audit-ID is the same`, () => {
      expect(eventKey({ ...base, ...fields })).to.not.equal(eventKey(base));
    });
  }

  it('is the same for the same event of a webhook and of a log', () => {
    expect(eventKey(JSON.parse(logLine(base)))).to.equal(eventKey(base));
  });

  it('cannot be forged by moving text from one field into the next', () => {
    expect(eventKey({ ...base, verb: 'a', requestURI: 'b' })).to.not.equal(
      eventKey({ ...base, verb: 'a","b', requestURI: '' }),
    );
  });
});

describe('the keys that are known', () => {
  it('are at least the last half of the limit, and never more than it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.array(fc.nat(60), { maxLength: 300 }), (limit, numbers) => {
        const keys = createRecentKeys(limit);
        const added: number[] = [];
        for (const number of numbers) {
          const isRecent = added.slice(-Math.ceil(limit / 2)).includes(number);
          const isNew = keys.add(String(number));
          if (isRecent) expect(isNew, 'a recent key is known').to.equal(false);
          if (!added.includes(number)) expect(isNew, 'a key that never was is new').to.equal(true);
          if (isNew) added.push(number);
          expect(keys.size()).to.be.at.most(limit);
        }
      }),
    );
  });
});

describe('a batch', () => {
  it('is counted once however often it is sent, in whatever pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.array(fc.nat(29), { minLength: 1, maxLength: 20 }), { maxLength: 12 }),
        fc.boolean(),
        async (count, batches, asLog) => {
          const events = rawEvents(count);
          const known = memory();
          const seen = new Set<number>();
          const sum = { counted: 0, duplicates: 0 };
          for (const indices of batches) {
            const items = indices.map((index) => events[index % count] as RawEvent);
            for (const index of indices) seen.add(index % count);
            const bytes = asLog ? Buffer.from(items.map(logLine).join('')) : eventList(items);
            const { tallies } = await absorb({ source: asLog ? 'log' : 'webhook', bytes }, known);
            sum.counted += tallies.counted;
            sum.duplicates += tallies.duplicates;
          }
          expect(sum.counted).to.equal(seen.size);
          expect(sum.duplicates).to.equal(batches.flat().length - seen.size);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('counts every event that comes with one Audit-ID', async () => {
    const items = rawEvents(50).map((one) => ({ ...one, auditID: 'mine' }));
    const known = memory();
    expect((await absorb(webhook(eventList(items)), known)).tallies.counted).to.equal(50);
    expect(known.events.find('mine')?.total).to.equal(50);
    expect(known.events.find('mine')?.events).to.have.length(MAX_EVENTS_PER_ID);
  });

  const poison: Readonly<Record<string, Buffer>> = {
    'no JSON': Buffer.from('EventList?'),
    nothing: Buffer.alloc(0),
    'a cut list': eventList(rawEvents(3)).subarray(0, 700),
    'another kind': Buffer.from(JSON.stringify({ kind: 'PodList', apiVersion: 'v1', items: rawEvents(3) })),
    'another version': Buffer.from(
      JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1beta1', items: rawEvents(3) }),
    ),
    'an array': Buffer.from(JSON.stringify(rawEvents(3))),
    'brackets without end': Buffer.from('['.repeat(1_000_000)),
    'more items than any server sends': Buffer.from(
      `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[${'{},'.repeat(60_000)}{}]}`,
    ),
  };
  for (const [what, bytes] of Object.entries(poison)) {
    it(`of ${what} is poison as a whole, and adds nothing`, async () => {
      const known = memory();
      const { tallies } = await absorb(webhook(bytes), known);
      expect(tallies).to.deep.equal({ counted: 0, duplicates: 0, poison: 1 });
      expect(known.events.size()).to.equal(0);
    });
  }

  it('with poison among its items keeps the others', async () => {
    const items = [rawEvent(), {}, { ...rawEvent(), stage: 'Done' }, { ...rawEvent(), auditID: 5 }, [], rawEvent()];
    const { tallies } = await absorb(webhook(eventList(items)), memory());
    expect(tallies).to.deep.equal({ counted: 2, duplicates: 0, poison: 4 });
  });

  it('of lines keeps what is around a broken one', async () => {
    const lines = `${logLine(rawEvent())}{"kind":"Ev\n\nnull\n${logLine(rawEvent())}`;
    const { tallies } = await absorb(log(Buffer.from(lines)), memory());
    expect(tallies).to.deep.equal({ counted: 2, duplicates: 0, poison: 2 });
  });

  it('says when its newest event was, whatever else is written as a time', async () => {
    const items = [rawEvent({ stageTimestamp: '2026-01-02T00:00:00.000000Z' }), rawEvent({ stageTimestamp: 'zzz' })];
    expect((await absorb(webhook(eventList(items)), memory())).newestAt).to.equal('2026-01-02T00:00:00.000000Z');
  });
});

describe('an event that is kept', () => {
  it('is small, however long what a client sent', () => {
    const long = 'x'.repeat(1_000_000);
    const kept = boundedEvent(
      event({
        auditID: long,
        verb: long,
        userAgent: long,
        user: { username: long, groups: Array.from({ length: 1_000 }, () => long) },
        impersonatedUser: { username: long, groups: [] },
        objectRef: { resource: long, namespace: long, name: long, apiGroup: long, subresource: long },
        annotations: { 'authorization.k8s.io/reason': long },
        stageTimestamp: long,
        requestReceivedTimestamp: long,
      }),
    );
    expect(JSON.stringify(kept).length).to.be.at.most(13_000);
    const path = boundedEvent(event({ objectRef: null, requestURI: `/${long}` }));
    expect(JSON.stringify(path).length).to.be.at.most(2_000);
  });

  for (const [what, fields] of Object.entries({
    'its client a long name': { userAgent: 'x'.repeat(200_000) },
    'its path a long query': { objectRef: null, requestURI: `/apis/example.com/v1/things?${'x'.repeat(200_000)}` },
    'its user long groups': { user: { username: 'u', groups: ['x'.repeat(200_000)] } },
  })) {
    it(`does not keep alive what it was cut from when it gives ${what}`, async () => {
      const known = memory();
      const before = heapBytes();
      for (let batch = 0; batch < 10; batch += 1) {
        await absorb(webhook(eventList(Array.from({ length: 30 }, () => rawEvent(fields)))), known);
      }
      expect(known.events.size()).to.equal(300);
      // Kept, they would be 60 MB.
      expect(heapBytes() - before).to.be.at.most(15_000_000);
    });
  }
});

describe('events by their Audit-ID', () => {
  it('are forgotten from the oldest ID on, and never more than the limit', () => {
    const kept = createRememberedEvents(100);
    for (let index = 0; index < 500; index += 1) kept.add(event({ auditID: `r-${index}` }));
    expect(kept.size()).to.equal(90);
    expect(kept.find('r-409')).to.equal(undefined);
    expect(kept.find('r-410')?.events).to.have.length(1);
  });

  it('of probes are not pushed out by a busy cluster', () => {
    const kept = createRememberedEvents(100);
    kept.add(event({ auditID: `${PROBE_ID_PREFIX}1` }));
    for (let index = 0; index < 1_000; index += 1) kept.add(event());
    expect(kept.find(`${PROBE_ID_PREFIX}1`)?.total).to.equal(1);
  });
});

describe('who changed an object', () => {
  const deny = { group: 'networking.k8s.io', resource: 'networkpolicies', namespace: 'payments', name: 'deny' };
  const write = (fields: RawEvent, ref: RawEvent = {}) =>
    event({
      objectRef: {
        apiGroup: 'networking.k8s.io',
        resource: 'networkpolicies',
        namespace: 'payments',
        name: 'deny',
        ...ref,
      },
      ...fields,
    });

  it('is the user who deleted it, or on whose behalf', () => {
    const changes = createRecentChanges({ perResource: 10, total: 100 });
    changes.add(write({ verb: 'create', user: { username: 'bob' } }));
    changes.add(write({ verb: 'delete', user: { username: 'root' }, impersonatedUser: { username: 'mallory' } }));
    expect(changes.of(deny).map(({ verb, user, impersonator }) => [verb, user, impersonator])).to.deep.equal([
      ['delete', 'mallory', 'root'],
      ['create', 'bob', undefined],
    ]);
  });

  it('may be who deleted all that were there', () => {
    const changes = createRecentChanges({ perResource: 10, total: 100 });
    changes.add(write({ verb: 'deletecollection', user: { username: 'mallory' } }, { name: undefined }));
    expect(changes.of(deny).map(({ user }) => user)).to.deep.equal(['mallory']);
  });

  it('is told latest first, though batches come out of order', () => {
    const changes = createRecentChanges({ perResource: 10, total: 100 });
    const early = write({ user: { username: 'early' } });
    changes.add(write({ user: { username: 'late' } }));
    changes.add(early);
    expect(changes.of(deny).map(({ user }) => user)).to.deep.equal(['late', 'early']);
  });

  const none: Readonly<Record<string, [RawEvent, RawEvent?]>> = {
    'was refused': [{ responseStatus: { code: 403 } }],
    'is not over': [{ stage: 'RequestReceived', responseStatus: null }],
    'was a dry run': [{ requestURI: '/x?dryRun=All' }],
    'is a read': [{ verb: 'get' }],
    'is about the status': [{}, { subresource: 'status' }],
    'is about another object': [{}, { name: 'allow' }],
    'is about another namespace': [{}, { namespace: 'other' }],
    'is about another group': [{}, { apiGroup: 'example.com' }],
  };
  for (const [what, [fields, ref]] of Object.entries(none)) {
    it(`is nobody whose request ${what}`, () => {
      const changes = createRecentChanges({ perResource: 10, total: 100 });
      changes.add(write(fields, ref));
      expect(changes.of(deny)).to.deep.equal([]);
    });
  }

  it('is still known after a flood of another resource, and of other objects up to the limit', () => {
    const changes = createRecentChanges({ perResource: 50, total: 1_000 });
    changes.add(write({ verb: 'delete', user: { username: 'mallory' } }));
    for (let index = 0; index < 5_000; index += 1) changes.add(event());
    for (let index = 0; index < 49; index += 1) changes.add(write({}, { name: `p${index}` }));
    expect(changes.of(deny).map(({ user }) => user)).to.deep.equal(['mallory']);
    changes.add(write({}, { name: 'one-more' }));
    expect(changes.of(deny)).to.deep.equal([]);
  });

  it('is kept within its limits, and says at most so many, whatever is written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ resource: fc.nat(6), namespace: fc.nat(2), name: fc.nat(4) }), { maxLength: 400 }),
        (writes) => {
          const changes = createRecentChanges({ perResource: 20, total: 60 });
          for (const { resource, namespace, name } of writes) {
            const ref = { resource: `r${resource}`, namespace: `n${namespace}`, name: `o${name}`, apiGroup: 'g' };
            changes.add(event({ objectRef: ref }));
            expect(changes.size()).to.be.at.most(60);
            const found = changes.of({ group: 'g', ...ref });
            expect(found.length).to.be.within(1, MAX_CHANGES);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
