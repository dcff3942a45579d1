import { expect } from 'chai';
import fc from 'fast-check';
import { eventKey } from '../../../src/agents/receiver/eventKey.ts';
import { parsed, piecesOf } from '../../../src/agents/receiver/eventList.ts';
import { createBodyReducer } from '../../../src/agents/receiver/reducedBody.ts';
import { readEvent } from '../../../src/audit/event.ts';
import { eventList, rawEvent, rawEvents } from './events.ts';
import { heapBytes } from './heap.ts';

const reduced = (body: Buffer, limitBytes: number, cuts: readonly number[] = []): Buffer | undefined => {
  const reducer = createBodyReducer(limitBytes);
  const at = [0, ...cuts.map((cut) => cut % (body.length + 1)), body.length].toSorted((a, b) => a - b);
  for (const [index, start] of at.entries()) reducer.push(body.subarray(start, at[index + 1] ?? body.length));
  return reducer.end();
};
const eventsIn = (bytes: Buffer) =>
  piecesOf({ source: 'webhook', bytes })?.map((piece) => ({
    event: readEvent(parsed(piece)),
    key: eventKey(parsed(piece)),
  }));

describe('a body that is reduced', () => {
  it('has the same events, with the same keys, however it came in pieces', () => {
    const anyItem = fc.oneof(
      fc
        .record({
          requestObject: fc.option(
            fc.json().map((json) => JSON.parse(json)),
            { nil: undefined },
          ),
          responseObject: fc.option(fc.object(), { nil: undefined }),
        })
        .map((bodies) => rawEvent(bodies)),
      fc.constant({ no: 'event' }),
    );
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 5 }), (items, cuts) => {
        const body = eventList(items);
        const small = reduced(body, 1_000_000, cuts);
        expect(small === undefined ? undefined : eventsIn(small)).to.deep.equal(eventsIn(body));
      }),
      { numRuns: 200 },
    );
  });

  it('is small, whatever its events carry', () => {
    const items = rawEvents(10).map((one) => ({
      ...one,
      requestObject: ['x'.repeat(100_000)],
      responseObject: { a: 'y'.repeat(100_000) },
    }));
    expect(reduced(eventList(items), 10_000)?.length).to.be.below(10_000);
  });

  it('holds no more than there is room for, however long it goes on', () => {
    const before = heapBytes();
    const reducer = createBodyReducer(1_000_000);
    reducer.push(Buffer.from('{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":['));
    for (let chunk = 0; chunk < 300; chunk += 1) {
      const items = rawEvents(50).map((one) => `${JSON.stringify({ ...one, userAgent: 'x'.repeat(4_000) })},`);
      reducer.push(Buffer.from(items.join('')));
    }
    // Kept, it would be 60 MB and more.
    expect(heapBytes() - before).to.be.at.most(15_000_000);
    expect(reducer.end()).to.equal(undefined);
  });

  for (const [what, body] of Object.entries({
    'no list': Buffer.alloc(2_000, 'x'),
    'a list that was cut': eventList(rawEvents(3)).subarray(0, 900),
    'more events than there is room for without what they carry': eventList(rawEvents(100)),
    'no kind': Buffer.from('{"items":[{}]}'),
    nothing: Buffer.alloc(0),
  })) {
    it(`is lost when it is ${what}`, () => {
      expect(reduced(body, 10_000)).to.equal(undefined);
    });
  }
});
