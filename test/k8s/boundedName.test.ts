import { expect } from 'chai';
import fc from 'fast-check';
import { boundedName } from '../../src/k8s/boundedName.ts';
import { hash32, hash64 } from '../../src/k8s/hash.ts';

describe('hashes', () => {
  it('are FNV-1a, by its published vectors', () => {
    expect(hash64('')).to.equal('cbf29ce484222325');
    expect(hash64('a')).to.equal('af63dc4c8601ec8c');
    expect(hash64('foobar')).to.equal('85944171f73967e8');
    expect(hash32('foobar')).to.match(/^[0-9a-f]{8}$/);
  });
});

describe('bounded names', () => {
  const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,100}[a-z0-9])?$/);

  it('are short names as they are', () => {
    expect(boundedName('drawbridge-viewer')).to.equal('drawbridge-viewer');
    expect(boundedName('a'.repeat(62))).to.equal('a'.repeat(62));
  });

  it('have at most 63 characters and are DNS-1123 labels', () => {
    fc.assert(
      fc.property(label, (name) => {
        expect(boundedName(name)).to.match(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
      }),
    );
  });

  it('never collide, also not when a name looks like one that was cut', () => {
    const long = 'x'.repeat(80);
    expect(boundedName(boundedName(long))).to.not.equal(boundedName(long));
    fc.assert(
      fc.property(label, label, (a, b) => {
        fc.pre(a !== b);
        const tail = 'y'.repeat(60);
        expect(boundedName(a)).to.not.equal(boundedName(b));
        expect(boundedName(`${tail}${a}`)).to.not.equal(boundedName(`${tail}${b}`));
      }),
    );
  });
});
