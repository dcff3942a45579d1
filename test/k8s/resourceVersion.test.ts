import { expect } from 'chai';
import fc from 'fast-check';
import { compareVersions } from '../../src/k8s/resourceVersion.ts';

describe('resource versions', () => {
  it('are compared as the numbers they are, beyond what a double holds', () => {
    const version = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(Math.sign(compareVersions(String(a), String(b)))).to.equal(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
    expect(compareVersions('9007199254740993', '9007199254740992')).to.be.above(0);
    expect(compareVersions('999', '1000')).to.be.below(0);
  });

  it('that are empty are older than any other, so that what is unknown hides nothing new', () => {
    expect(compareVersions('', '0')).to.be.below(0);
    expect(compareVersions('1', '')).to.be.above(0);
    expect(compareVersions('', '')).to.equal(0);
  });
});
