import { expect } from 'chai';
import fc from 'fast-check';
import { LineTooLongError } from '../../src/kube/lines.ts';
import { createItemSplitter } from '../../src/kube/listItems.ts';

const split = (bytes: Buffer, size: number, limitBytes?: number) => {
  const items: unknown[] = [];
  const splitter = createItemSplitter((item) => items.push(JSON.parse(item.toString())), limitBytes);
  for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
  return { items, head: splitter.end() };
};

describe('The items of a list', () => {
  it('are what JSON.parse finds, however the bytes are cut and spaced', () => {
    const item = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(item), fc.jsonValue(), fc.nat(40), fc.nat(2), (items, other, size, indent) => {
        const list = {
          kind: 'List',
          before: other,
          metadata: { resourceVersion: '7' },
          items,
          after: { items: [other] },
        };
        const bytes = Buffer.from(JSON.stringify(list, undefined, indent));
        const found = split(bytes, size + 1);
        expect(found.items).to.deep.equal(JSON.parse(JSON.stringify(items)));
        expect(found.head).to.deep.equal({ ...JSON.parse(bytes.toString()), items: [] });
      }),
    );
  });

  it('may hold braces, quotes and keys named items in their strings', () => {
    const items = [{ a: '}],"items":[{"', b: '\\"', c: [{ items: [{}] }] }, { d: '\\' }];
    expect(split(Buffer.from(JSON.stringify({ metadata: {}, items })), 1).items).to.deep.equal(items);
  });

  it('are not those of a key that only ends like theirs', () => {
    const list = { 'a"items': [{ x: 1 }], 'b,"items': [{ y: 1 }], items: [{ z: 1 }] };
    expect(split(Buffer.from(JSON.stringify(list)), 3).items).to.deep.equal([{ z: 1 }]);
  });

  it('may be null or absent', () => {
    expect(split(Buffer.from('{"metadata":{"resourceVersion":"3"},"items":null}'), 5)).to.deep.equal({
      items: [],
      head: { metadata: { resourceVersion: '3' }, items: null },
    });
    expect(split(Buffer.from('{"metadata":{}}'), 5).items).to.deep.equal([]);
  });

  it('of an answer that was cut end in an error', () => {
    const whole = JSON.stringify({ metadata: { resourceVersion: '3' }, items: [{ a: 1 }, { b: 2 }] });
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => split(Buffer.from(whole.slice(0, length)), 7), whole.slice(0, length)).to.throw(SyntaxError);
    }
  });

  it('that are longer than the limit are an error', () => {
    const bytes = Buffer.from(JSON.stringify({ items: [{ a: 'x'.repeat(100) }] }));
    expect(() => split(bytes, 10, 50)).to.throw(LineTooLongError);
    expect(() => split(bytes, 1_000, 50)).to.throw(LineTooLongError);
  });
});
