import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { logLines, splitLines } from '../../../src/cli/audit/logLines.ts';
import { parseSince } from '../../../src/cli/audit/since.ts';

describe('logLines', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'drawbridge-test-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const read = async (name: string, content: string | Buffer, max?: number): Promise<readonly unknown[]> => {
    const path = join(dir, name);
    writeFileSync(path, content);
    const texts: unknown[] = [];
    for await (const { text } of max === undefined ? logLines(path) : splitLines(createReadStream(path), max))
      texts.push(text);
    return texts;
  };

  it('gives each line, also a last one without its end', async () => {
    expect(await read('a.log', 'a\n\nb\nc')).to.deep.equal(['a', '', 'b', 'c']);
  });

  it('unpacks what was rotated and packed, and gives lines that go over many pieces whole', async () => {
    const long = 'x'.repeat(300_000);
    expect(await read('a.log.gz', gzipSync(`a\n${long}\nb\n`))).to.deep.equal(['a', long, 'b']);
  });

  it('gives no text of a line that is too long, and goes on with the next', async () => {
    const long = 'x'.repeat(300_000);
    expect(await read('a.log', `a\n${long}\nb\n${long}`, 1_000)).to.deep.equal(['a', undefined, 'b', undefined]);
  });

  it('keeps little of a log in memory, however long it or one of its lines is', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    // What waits for a collection is not held; of the last one some is still being freed.
    const held = (): number => {
      collect();
      return process.memoryUsage().arrayBuffers;
    };
    const before = held();
    let most = 0;
    async function* chunks(text: string) {
      for (let count = 0; count < 3_200; count += 1) {
        if (count % 400 === 399) most = Math.max(most, held() - before);
        yield Buffer.alloc(65_536, text);
      }
    }
    for (const [text, expected] of [
      [`${'x'.repeat(1_023)}\n`, 204_800],
      ['x', 1],
    ] as const) {
      let lines = 0;
      for await (const _ of splitLines(chunks(text), 1_000_000)) lines += 1;
      expect(lines).to.equal(expected);
    }
    expect(most, 'of 210 MB, twice').to.be.lessThan(60_000_000);
  });

  it('fails for a file that is not there, and for one that is not packed as its name says', async () => {
    const failure = (work: Promise<unknown>) =>
      work.then(
        () => 'none',
        (error: NodeJS.ErrnoException) => error.code,
      );
    const missing = (async () => {
      for await (const _ of logLines(join(dir, 'missing.gz'))) expect.fail();
    })();
    expect(await failure(missing)).to.equal('ENOENT');
    expect(await failure(read('b.gz', 'plain\n'))).to.equal('Z_DATA_ERROR');
  });
});

describe('parseSince', () => {
  const NOW = Date.parse('2026-11-25T10:00:00Z');

  it('takes times and lengths, and gives what sorts beside the times of events', () => {
    expect(parseSince('30d', NOW)).to.equal('2026-10-26T10:00:00.000000Z');
    expect(parseSince('12h', NOW)).to.equal('2026-11-24T22:00:00.000000Z');
    expect(parseSince('2026-11-01T02:00:00+02:00', NOW)).to.equal('2026-11-01T00:00:00.000000Z');
    expect(parseSince('2026-11-01', NOW)).to.equal('2026-11-01T00:00:00.000000Z');
  });

  for (const wrong of ['', 'yesterday', '7', '2026-13-01T00:00:00Z', '5w']) {
    it(`says what to write instead of "${wrong}"`, () => {
      expect(() => parseSince(wrong, NOW)).to.throw('write "30d"');
    });
  }
});
