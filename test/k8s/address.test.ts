import { expect } from 'chai';
import fc from 'fast-check';
import type { Address } from '../../src/k8s/address.ts';
import { formatAddress, isLinkLocal, isUnicast, parseAddress, parseLegacyAddress } from '../../src/k8s/address.ts';
import { anyAddress } from '../support/arbitrary/address.ts';

const canonical = (text: string): string | undefined => {
  const address = parseAddress(text);
  return address === undefined ? undefined : formatAddress(address);
};

const must = (text: string): Address => {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
};

describe('addresses', () => {
  it('are written as RFC 5952 says', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['10.0.0.1', '10.0.0.1'],
      ['255.255.255.255', '255.255.255.255'],
      ['::', '::'],
      ['0:0:0:0:0:0:0:1', '::1'],
      ['2001:0DB8::0001', '2001:db8::1'],
      // The longest run of zeros is cut, the first of two, and never a single group.
      ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
      ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
      ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
      ['1::', '1::'],
      ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ];
    for (const [text, expected] of cases) expect(canonical(text), text).to.equal(expected);
  });

  it('are refused when two readers could take them for two things', () => {
    const refused = [
      '010.0.0.1',
      '10.0.0.01',
      '0x0a.0.0.1',
      '::ffff:10.0.0.1',
      '::ffff:a00:1',
      'fe80::1%eth0',
      ' 10.0.0.1',
    ];
    for (const text of refused) expect(parseAddress(text), text).to.equal(undefined);
  });

  it('are refused when they are none', () => {
    const refused = [
      '',
      '10.0.0',
      '10.0.0.0.0',
      '10.0.0.256',
      '1:2:3',
      ':::',
      '1::2::3',
      '1:2:3:4:5:6:7:8:9',
      '::1:',
      ':1',
      '12345::',
      'g::',
    ];
    for (const text of [...refused, '1:2:3:4:5:6:7::8', '1.2.3.4::', '::1.2.3.4:5', '::1.2.3', 'x'.repeat(100_000)]) {
      expect(parseAddress(text), text.slice(0, 40)).to.equal(undefined);
    }
  });

  it('survive being written and read again', () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        expect(parseAddress(formatAddress(address))).to.deep.equal(address);
      }),
    );
  });

  it('in old objects may have leading zeros, which the API server read as decimal', () => {
    expect(parseLegacyAddress('010.000.000.008')).to.deep.equal({ family: 4, value: 0x0a000008n });
  });

  it('are unicast when one host can have them', () => {
    for (const text of ['10.0.0.1', '169.254.20.10', '223.255.255.255', '2001:db8::1', 'fd00::1', 'fe80::1']) {
      expect(isUnicast(must(text)), text).to.equal(true);
    }
    for (const text of [
      '0.0.0.0',
      '0.1.2.3',
      '127.0.0.1',
      '224.0.0.1',
      '240.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      'ff02::1',
    ]) {
      expect(isUnicast(must(text)), text).to.equal(false);
    }
  });

  it('are link-local in 169.254.0.0/16 and fe80::/10', () => {
    for (const text of ['169.254.169.254', 'fe80::1', 'febf::1']) expect(isLinkLocal(must(text)), text).to.equal(true);
    for (const text of ['169.253.0.1', 'fec0::1', 'fd00::1']) expect(isLinkLocal(must(text)), text).to.equal(false);
  });
});
