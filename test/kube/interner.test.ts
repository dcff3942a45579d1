import { expect } from 'chai';
import fc from 'fast-check';
import { createInterner } from '../../src/kube/interner.ts';
import { hashOf, sameValue } from '../../src/kube/structure.ts';

const value = fc.anything({
  withBigInt: true,
  withNullPrototype: false,
  values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.bigInt()],
});

const reordered = (input: unknown): unknown => {
  if (Array.isArray(input)) return input.map(reordered);
  if (typeof input !== 'object' || input === null) return input;
  const entries = Object.entries(input).map(([key, inner]) => [key, reordered(inner)]);
  return Object.fromEntries(entries.reverse());
};

/** FNV-1a goes on from where it is: of two texts that lead to one state, whatever follows has one hash as well. */
function alike(pairs: number): readonly string[] {
  const words = Array.from({ length: 36 ** 4 }, (_, at) => at.toString(36).padStart(4, '0'));
  let [state, texts] = [0x811c9dc5 ^ 1, ['']];
  for (let pair = 0; pair < pairs; pair += 1) {
    const seen = new Map<number, string>();
    for (const word of words) {
      const next = [...word].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193), state);
      const twin = seen.get(next);
      seen.set(next, word);
      if (twin === undefined) continue;
      texts = texts.flatMap((text) => [`${text}${twin}`, `${text}${word}`]);
      state = next;
      break;
    }
  }
  return texts;
}

describe('The interner', () => {
  it('THREATS 6: is not slowed down by labels that somebody makes to have one hash', () => {
    const labels = alike(8).map((value) => ({ app: value }));
    expect(labels).to.have.lengthOf(256);
    const hashes = (seed: number): number => new Set(labels.map((one) => hashOf(one, seed))).size;
    expect(hashes(0), 'another hash needs other labels').to.equal(1);
    for (const seed of [1, 0x5bd1e995, 0xdeadbeef]) expect(hashes(seed)).to.be.above(200);
  });

  it('gives one object for equal content, whatever the order of its keys', () => {
    fc.assert(
      fc.property(value, (input) => {
        const interner = createInterner();
        const first = interner.intern(structuredClone(input));
        expect(first).to.deep.equal(input);
        expect(Object.is(interner.intern(reordered(input)), first)).to.equal(true);
      }),
    );
  });

  it('never merges what differs', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const interner = createInterner();
        interner.intern(structuredClone(a));
        expect(interner.intern(b)).to.deep.equal(b);
      }),
    );
  });

  it('holds nothing once every use is given back', () => {
    fc.assert(
      fc.property(fc.array(value), (inputs) => {
        const interner = createInterner();
        const kept = inputs.map((input) => interner.intern(input));
        for (const one of kept) interner.release(one);
        expect(interner.size).to.equal(0);
      }),
    );
  });

  it('holds a content while one use is left', () => {
    const interner = createInterner();
    const first = interner.intern({ a: ['x'] });
    interner.intern({ a: ['x'] });
    interner.release(first);
    expect(interner.size).to.equal(1);
    expect(interner.intern({ a: ['x'] })).to.equal(first);
  });

  it('keeps contents apart that have the same hash', () => {
    const pair = ['k6kvbggz12rk', 'k8fff4bz1dnp'];
    expect(hashOf([pair[0]]), 'another hash needs another pair').to.equal(hashOf([pair[1]]));
    const interner = createInterner();
    const [a, b] = pair.map((text) => interner.intern([text]));
    expect([a, b]).to.deep.equal(pair.map((text) => [text]));
    interner.release(a);
    expect(interner.intern([pair[1]])).to.equal(b);
    interner.release(b);
    interner.release(b);
    expect(interner.size).to.equal(0);
  });

  it('freezes what it shares', () => {
    const shared = createInterner().intern({ a: [{ b: 1 }] });
    expect(() => {
      (shared.a[0] as { b: number }).b = 2;
    }).to.throw(TypeError);
  });

  it('gives class instances back as they are', () => {
    const interner = createInterner();
    const map = new Map([['a', 1]]);
    expect(interner.intern(map)).to.equal(map);
    expect(interner.size).to.equal(0);
  });
});

describe('Equal values', () => {
  it('tell apart what JSON does not', () => {
    expect(sameValue({ a: undefined }, {})).to.equal(false);
    expect(sameValue([1n], [1])).to.equal(false);
    expect(sameValue([Number.NaN], [Number.NaN])).to.equal(true);
    expect(sameValue([], {})).to.equal(false);
    expect(sameValue({ a: undefined }, { b: undefined })).to.equal(false);
  });

  it('have equal hashes', () => {
    fc.assert(fc.property(value, (input) => hashOf(input) === hashOf(reordered(structuredClone(input)))));
  });
});
