import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { linesOf } from '../../../src/agents/receiver/eventList.ts';
import type { LogPosition } from '../../../src/agents/receiver/logPosition.ts';
import { openPositions } from '../../../src/agents/receiver/logPosition.ts';
import type { LogTail } from '../../../src/agents/receiver/logTail.ts';
import { createLogTail } from '../../../src/agents/receiver/logTail.ts';

describe('lines', () => {
  it('are what is between newlines, without the empty ones', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'é', '\n', '{') }), (text) => {
        expect(linesOf(Buffer.from(text)).map(String)).to.deep.equal(text.split('\n').filter((line) => line !== ''));
      }),
    );
  });
});

/** A log, and who reads it. */
interface Reading {
  readonly path: string;
  readonly lines: string[];
  readonly gaps: string[];
  poll(): Promise<void>;
  /** As after a kill -9: a new reader, with what was saved. */
  restart(): Promise<void>;
  /** The next pieces are not taken. */
  refuse(times: number): void;
  close(): Promise<void>;
}

async function reading(dir: string, maxLineBytes?: number): Promise<Reading> {
  const path = join(dir, 'audit.log');
  const lines: string[] = [];
  const gaps: string[] = [];
  let refusals = 0;
  let tail: LogTail | undefined;
  const restart = async (): Promise<void> => {
    const positions = await openPositions(join(dir, 'positions.json'));
    await tail?.close();
    tail = createLogTail({
      path,
      positions,
      onLines: async (bytes) => {
        if (refusals > 0) {
          refusals -= 1;
          throw new Error('not now');
        }
        lines.push(...linesOf(bytes).map(String));
      },
      onGap: (reason) => gaps.push(reason),
      ...(maxLineBytes === undefined ? {} : { maxLineBytes }),
    });
  };
  await restart();
  return {
    path,
    lines,
    gaps,
    poll: () => tail?.poll() ?? Promise.resolve(),
    restart,
    refuse: (times) => {
      refusals = times;
    },
    close: async () => tail?.close(),
  };
}

describe('a log that is followed', () => {
  let dir: string;
  let log: Reading;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'drawbridge-tail-'));
    log = await reading(dir);
  });
  afterEach(async () => {
    await log.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const write = (text: string) => appendFileSync(log.path, text);
  const pollAll = async () => {
    for (let poll = 0; poll < 4; poll += 1) await log.poll();
  };

  it('is read from its beginning, once it is there, and a last line when it is whole', async () => {
    await log.poll();
    write('a\nb\nc');
    await log.poll();
    expect(log.lines).to.deep.equal(['a', 'b']);
    write('d\n');
    await log.poll();
    expect(log.lines).to.deep.equal(['a', 'b', 'cd']);
  });

  it('is known to the next process though no line had been read when it was renamed', async () => {
    write('');
    await log.poll();
    write('a\n');
    renameSync(log.path, join(dir, 'audit-2026.log'));
    write('b\n');
    await log.restart();
    await pollAll();
    expect(log.lines).to.deep.equal(['a', 'b']);
  });

  it('is read on after it was renamed, with what its writer still puts into the old file', async () => {
    write('a\n');
    await log.poll();
    write('b\n');
    renameSync(log.path, join(dir, 'audit-2026.log'));
    appendFileSync(join(dir, 'audit-2026.log'), 'c\n');
    write('d\n');
    await pollAll();
    expect(log.lines).to.deep.equal(['a', 'b', 'c', 'd']);
    expect(log.gaps).to.deep.equal([]);
  });

  it('is read on after it was compressed, with the files between, and nothing is said to be lost', async () => {
    write('a\n');
    await log.poll();
    renameSync(log.path, join(dir, 'audit-2026-01.log'));
    write('b\n');
    for (let poll = 0; poll < 2; poll += 1) await log.poll();
    await sleep(5);
    renameSync(join(dir, 'audit-2026-01.log'), join(dir, 'audit-2026-01.log.gz'));
    appendFileSync(log.path, 'c\n');
    renameSync(log.path, join(dir, 'audit-2026-02.log'));
    write('d\n');
    await pollAll();
    expect(log.lines).to.deep.equal(['a', 'b', 'c', 'd']);
    expect(log.gaps).to.deep.equal([]);
  });

  it('is read anew when it was copied and truncated, even if it is longer by then', async () => {
    write('first\nsecond\n');
    await log.poll();
    copyFileSync(log.path, join(dir, 'audit.log.1'));
    truncateSync(log.path);
    write('third\n');
    await log.poll();
    truncateSync(log.path);
    write('fourth, which is longer\n');
    await log.poll();
    expect(log.lines).to.deep.equal(['first', 'second', 'third', 'fourth, which is longer']);
    expect(log.gaps, 'lines may be lost each time').to.have.length(2);
  });

  it('is read on by the next process where the last one was killed', async () => {
    write('a\nb\nc');
    await log.poll();
    await log.restart();
    write('d\ne\n');
    await log.poll();
    expect(log.lines).to.deep.equal(['a', 'b', 'cd', 'e']);
  });

  it('that was rotated several times while nobody read is read file by file', async () => {
    write('a\n');
    await log.poll();
    write('b\n');
    for (const [index, text] of ['c\n', 'd\n', 'e\n'].entries()) {
      renameSync(log.path, join(dir, `audit-2026-0${index}.log`));
      // Their order is that of their last change, to the millisecond.
      await sleep(5);
      write(text);
    }
    await log.restart();
    await pollAll();
    expect(log.lines).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
    expect(log.gaps).to.deep.equal([]);
  });

  it('says so when the file that was being read is gone', async () => {
    write('a\n');
    await log.poll();
    // Another inode: the first is kept until the second is there.
    renameSync(log.path, join(dir, 'away'));
    write('b\n');
    unlinkSync(join(dir, 'away'));
    await log.restart();
    await log.poll();
    expect(log.lines).to.deep.equal(['a', 'b']);
    expect(log.gaps).to.deep.equal(['the file that was being read is gone']);
  });

  it('says so when it was cut while nobody read', async () => {
    write('a line\nanother\n');
    await log.poll();
    truncateSync(log.path);
    write('b\n');
    await log.restart();
    await log.poll();
    expect(log.lines).to.deep.equal(['a line', 'another', 'b']);
    expect(log.gaps).to.have.length(1);
  });

  it('gives again what was not taken', async () => {
    write('a\nb\n');
    log.refuse(2);
    for (let poll = 0; poll < 2; poll += 1)
      expect(String(await log.poll().catch((error) => error))).to.match(/not now/);
    await log.restart();
    await log.poll();
    expect(log.lines).to.deep.equal(['a', 'b']);
  });

  it('has lines of more than a megabyte, and one that is too long is a line that is no event', async () => {
    await log.close();
    log = await reading(dir, 3_000_000);
    const long = 'x'.repeat(2_500_000);
    write(`a\n${long}\nb\n${'y'.repeat(7_000_000)}\nc\n`);
    await log.poll();
    expect(log.lines).to.deep.equal(['a', long, 'b', '?', 'c']);
  });

  it('starts anew when its positions cannot be read', async () => {
    writeFileSync(join(dir, 'positions.json'), '{"a');
    write('a\n');
    await log.restart();
    await log.poll();
    expect(log.lines).to.deep.equal(['a']);
  });

  type Deed = 'write' | 'part' | 'rotate' | 'copytruncate' | 'poll' | 'restart' | 'refuse';
  const anyDeeds = fc.array(
    fc.constantFrom<Deed>('write', 'write', 'part', 'rotate', 'copytruncate', 'poll', 'poll', 'restart', 'refuse'),
    { maxLength: 40 },
  );

  /** What is done to a log, and every line that was written. */
  function story() {
    const written: string[] = [];
    let pending = '';
    let rotations = 0;
    const put = (text: string): void => {
      write(text);
      const lines = `${pending}${text}`.split('\n');
      pending = lines.pop() ?? '';
      written.push(...lines);
    };
    const poll = (): Promise<void> => log.poll().catch(() => undefined);
    const deeds: Readonly<Record<Deed, (index: number) => void | Promise<void>>> = {
      write: (index) => put(`line ${index} of more than a few characters\n`),
      part: (index) => put(`part ${index}`),
      poll,
      restart: () => log.restart(),
      refuse: () => log.refuse(1),
      rotate: async (index) => {
        // As kube-apiserver: a line is whole before its file is rotated.
        put(`rotated ${index}\n`);
        rotations += 1;
        renameSync(log.path, join(dir, `audit-${String(rotations).padStart(3, '0')}.log`));
        await sleep(2);
        write('');
      },
      copytruncate: async (index) => {
        put(`truncated ${index}\n`);
        log.refuse(0);
        // What was not read by then would be lost, which is said.
        for (let time = 0; time < 4; time += 1) await poll();
        truncateSync(log.path);
      },
    };
    return { deeds, put, written };
  }

  it('gives every line once, and in order, whatever is done to it', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(anyDeeds, async (plan) => {
        await log.close();
        rmSync(dir, { recursive: true, force: true });
        dir = mkdtempSync(join(tmpdir(), 'drawbridge-tail-'));
        log = await reading(dir);
        const { deeds, put, written } = story();
        put('the first\n');
        await log.poll();
        for (const [index, deed] of plan.entries()) await deeds[deed](index);
        log.refuse(0);
        await pollAll();
        expect(log.lines).to.deep.equal(written);
      }),
      { numRuns: process.env.DRAWBRIDGE_LONG_TESTS ? 500 : 60 },
    );
  });
});

describe('the positions in log files', () => {
  it('are those that were saved last, of each log', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'drawbridge-positions-'));
    try {
      const path = join(dir, 'positions.json');
      const at = (offset: number): LogPosition => ({ inode: 7, offset, head: 'h' });
      const first = await openPositions(path);
      await Promise.all([first.save('a', at(1)), first.save('b', at(2)), first.save('a', at(3))]);
      const next = await openPositions(path);
      expect([next.of('a'), next.of('b'), next.of('c')]).to.deep.equal([at(3), at(2), undefined]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
