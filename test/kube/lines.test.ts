import { expect } from 'chai';
import fc from 'fast-check';
import { createLineSplitter, LineTooLongError } from '../../src/kube/lines.ts';

const chunksOf = (bytes: Buffer, sizes: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    const size = Math.max(1, sizes[index % sizes.length] ?? 1);
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
};

describe('Lines', () => {
  it('are the same however the bytes are cut into chunks', () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' '));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(9), { minLength: 1 }), (lines, sizes) => {
        const seen: string[] = [];
        const splitter = createLineSplitter((bytes) => seen.push(bytes.toString()));
        const text = Buffer.from(lines.map((one) => `${one}\n`).join(''));
        for (const chunk of chunksOf(text, sizes)) splitter.push(chunk);
        expect(seen).to.deep.equal(lines);
        expect(splitter.pendingBytes()).to.equal(0);
      }),
    );
  });

  it('that are cut leave bytes pending', () => {
    const seen: string[] = [];
    const splitter = createLineSplitter((bytes) => seen.push(bytes.toString()));
    splitter.push(Buffer.from('whole\ncut'));
    expect(seen).to.deep.equal(['whole']);
    expect(splitter.pendingBytes()).to.equal(3);
  });

  it('longer than the limit are an error, in one chunk or in many', () => {
    const one = createLineSplitter(() => undefined, 4);
    expect(() => one.push(Buffer.from('12345\n'))).to.throw(LineTooLongError);
    const many = createLineSplitter(() => undefined, 4);
    many.push(Buffer.from('1234'));
    expect(() => many.push(Buffer.from('5'))).to.throw(LineTooLongError);
  });

  it('as long as the limit are none', () => {
    const seen: string[] = [];
    const splitter = createLineSplitter((bytes) => seen.push(bytes.toString()), 4);
    splitter.push(Buffer.from('12'));
    splitter.push(Buffer.from('34\n1234\n'));
    expect(seen).to.deep.equal(['1234', '1234']);
  });
});
