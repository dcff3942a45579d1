import { expect } from 'chai';
import type { BindAddress } from '../../src/operator/bindAddress.ts';
import { parseBindAddress } from '../../src/operator/bindAddress.ts';

describe('an address to bind to', () => {
  const GOOD: readonly (readonly [string, BindAddress | undefined])[] = [
    ['0', undefined],
    ['', undefined],
    [':8080', { host: undefined, port: 8080 }],
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::1]:8080', { host: '::1', port: 8080 }],
    ['[192.0.2.10]:8085', { host: '192.0.2.10', port: 8085 }],
    ['[::]:65535', { host: '::', port: 65535 }],
  ];
  for (const [text, expected] of GOOD) {
    it(`may be "${text}"`, () => {
      expect(parseBindAddress(text)).to.deep.equal(expected);
    });
  }

  for (const text of [
    '8080',
    ':',
    ':65536',
    ':http',
    '::1:8080',
    '[::1]',
    '[::1:8080',
    'a:b:1',
    ':-1',
    '[zz]:1',
    ':123456',
  ]) {
    it(`is not "${text}", and the error says what to write instead`, () => {
      expect(() => parseBindAddress(text)).to.throw(`"${text}" is not an address to bind to: write ":8080"`);
    });
  }
});
