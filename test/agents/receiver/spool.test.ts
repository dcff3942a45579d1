import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Batch } from '../../../src/agents/receiver/eventList.ts';
import type { Recovered } from '../../../src/agents/receiver/spool.ts';
import { openSpool as open } from '../../../src/agents/receiver/spool.ts';
import { frameOf, framesIn } from '../../../src/agents/receiver/spoolFrame.ts';

const anyBatch: fc.Arbitrary<Batch> = fc.record({
  source: fc.constantFrom('webhook' as const, 'log' as const),
  bytes: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
});
const batch = (text: string): Batch => ({ source: 'webhook', bytes: Buffer.from(text) });
const texts = async ({ batches }: Recovered): Promise<readonly string[]> => {
  const found: string[] = [];
  for await (const one of batches) found.push(one.batch.bytes.toString());
  return found;
};

describe('a spool file', () => {
  it('gives back what was put in, whatever the bytes; one that was cut gives all whole ones before the cut', () => {
    fc.assert(
      fc.property(fc.array(anyBatch, { maxLength: 8 }), fc.double({ min: 0, max: 1, noNaN: true }), (batches, part) => {
        const frames = batches.map((one) => Buffer.concat(frameOf(one)));
        const file = Buffer.concat(frames);
        expect(framesIn(file)).to.deep.equal(batches);
        const cut = Math.floor(file.length * part);
        let end = 0;
        const whole = frames.filter((frame) => {
          end += frame.length;
          return end <= cut;
        });
        expect(framesIn(file.subarray(0, cut))).to.deep.equal(batches.slice(0, whole.length));
      }),
    );
  });
});

describe('a spool', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'drawbridge-spool-'));
  });
  let opened: Recovered[] = [];
  afterEach(async () => {
    for (const { spool } of opened) await spool.close();
    opened = [];
    rmSync(dir, { recursive: true, force: true });
  });
  const openSpool = async (path: string, limitBytes: number): Promise<Recovered> => {
    const one = await open(path, limitBytes);
    opened.push(one);
    return one;
  };
  const files = () =>
    readdirSync(dir)
      .filter((name) => name.endsWith('.spool'))
      .toSorted();

  it('gives the next process what this one put in, in order, though it was never closed', async () => {
    const { spool } = await openSpool(dir, 1_000_000);
    await Promise.all(['a', 'b', 'c'].map((text) => spool.append(batch(text))));
    const second = await openSpool(dir, 1_000_000);
    await second.spool.append(batch('d'));
    expect(await texts(await openSpool(dir, 1_000_000))).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('leaves out what was half written when its process was killed, and nothing behind it', async () => {
    const { spool } = await openSpool(dir, 1_000_000);
    await spool.append(batch('whole'));
    await spool.append(batch('cut off'));
    const [file = ''] = files();
    truncateSync(join(dir, file), statSync(join(dir, file)).size - 3);
    const second = await openSpool(dir, 1_000_000);
    await second.spool.append(batch('after'));
    expect(await texts(await openSpool(dir, 1_000_000))).to.deep.equal(['whole', 'after']);
  });

  it('keeps within its limit by leaving the oldest that were looked at, with their sum', async () => {
    const { spool } = await openSpool(dir, 8_000);
    let counted = 0;
    let last: number | undefined;
    for (let index = 0; index < 100; index += 1) {
      const file = await spool.append(batch('x'.repeat(400)));
      if (last !== undefined && last !== file) await spool.settle(last, { counted, duplicates: 0, poison: 0 });
      last = file;
      counted += 1;
      const size = files().reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
      expect(size).to.be.at.most(8_000 + 1_500);
    }
    const next = await openSpool(dir, 8_000);
    expect(next.base.counted).to.be.within(70, 95);
    expect(next.base.counted + (await texts(next)).length).to.equal(100);
  });

  it('leaves nothing that was not looked at, however much it is', async () => {
    const { spool } = await openSpool(dir, 1_000);
    for (let index = 0; index < 50; index += 1) await spool.append(batch('x'.repeat(400)));
    expect(await texts(await openSpool(dir, 1_000))).to.have.length(50);
  });

  it('leaves out a file that is in the sum, when its process was killed before it was gone', async () => {
    const { spool } = await openSpool(dir, 1_000);
    const first = await spool.append(batch('x'.repeat(900)));
    await spool.append(batch('y'.repeat(900)));
    const [name = ''] = files();
    await spool.settle(first, { counted: 7, duplicates: 1, poison: 2 });
    expect(files()).to.not.include(name);
    // As if it had not been removed yet.
    appendFileSync(join(dir, name), Buffer.concat(frameOf(batch('x'))));
    const next = await openSpool(dir, 1_000);
    expect(next.base).to.deep.equal({ counted: 7, duplicates: 1, poison: 2 });
    expect(await texts(next)).to.deep.equal(['y'.repeat(900)]);
    expect(files()).to.not.include(name);
  });
});
