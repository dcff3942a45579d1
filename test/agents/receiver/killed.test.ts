import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { eventList, logLine, rawEvents } from './events.ts';
import type { OwnProcess } from './ownProcess.ts';
import { ownProcess } from './ownProcess.ts';
import type { Premises } from './running.ts';
import { bearer, createPremises, post } from './running.ts';

const LOAD_MS = process.env.DRAWBRIDGE_LONG_TESTS ? 60_000 : 4_000;
/** As the API server: `--audit-webhook-batch-max-size`. */
const BATCH = 400;
/** Batches under way at once. */
const SENDERS = 4;

/** What an API server's webhook backend does with its batches: each is sent until it is answered with 2xx. */
interface Load {
  readonly events: number;
  readonly attempts: number;
  /** Batches that were sent, and of which no answer came: they may have been taken. */
  readonly unanswered: number;
}

/** Of the answers, one in so many is lost on its way: its batch is sent again, a while later. */
const LOSES_ONE_IN = 5;
const AGAIN_WITHIN_MS = 1_500;

async function load(webhook: string, premises: Premises, isOver: () => boolean): Promise<Load> {
  const sum = { events: 0, attempts: 0, unanswered: 0 };
  const agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
  const again: Promise<void>[] = [];
  const deliver = async (body: Buffer): Promise<void> => {
    for (;;) {
      sum.attempts += 1;
      const status = await post(webhook, premises, body, { ...bearer(), agent }).then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 200) return;
      if (status === 0) sum.unanswered += 1;
      await sleep(50);
    }
  };
  const send = async (sender: number): Promise<void> => {
    for (let batch = sender; !isOver(); batch += 1) {
      const items = rawEvents(BATCH);
      const body = eventList(items);
      await deliver(body);
      sum.events += items.length;
      if (batch % LOSES_ONE_IN === 0) again.push(sleep((batch * 137) % AGAIN_WITHIN_MS).then(() => deliver(body)));
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, (_, sender) => send(sender)));
  await Promise.all(again);
  agent.destroy();
  return sum;
}

describe('a receiver that is killed', function () {
  this.timeout(LOAD_MS * 3 + 60_000);
  let premises: Premises;
  let receiver: OwnProcess;
  beforeEach(() => {
    premises = createPremises();
  });
  afterEach(async () => {
    await receiver.evidence.close();
    await receiver.kill();
    premises.remove();
  });

  it('with kill -9, again and again under batches of 400, loses no event that it acknowledged and counts none twice', async () => {
    receiver = await ownProcess(premises, [`--state-dir=${premises.files.state}`]);
    await receiver.start();
    const endMs = performance.now() + LOAD_MS;
    let kills = 0;
    let resident = 0;
    // On a busy machine a start takes longer than the rest: a second kill is waited for.
    const isOver = () => performance.now() >= endMs && kills > 1;
    const loading = load(receiver.webhook, premises, isOver);
    while (!isOver()) {
      await sleep(700);
      resident = Math.max(resident, receiver.residentBytes() ?? 0);
      await receiver.kill();
      kills += 1;
      await receiver.start();
    }
    const { events, attempts, unanswered } = await loading;
    const health = await eventually(
      async () => {
        const now = await receiver.evidence.health();
        expect(now.waitingBytes).to.equal(0);
        return now;
      },
      { withinMs: 60_000 },
    );
    const lost = Math.max(0, events - health.counted);
    const twice = Math.max(0, health.counted - events);
    console.log(
      `      ${events} events sent in ${attempts} batches, ${kills} kills, ${unanswered} batches unanswered: ` +
        `${lost} lost, ${twice} counted twice, ${health.duplicates} second copies known; ` +
        `${(resident / 1024 / 1024).toFixed(0)} MiB resident at most`,
    );
    expect(health.duplicates, 'second copies came').to.be.greaterThan(0);
    expect({ lost, twice, poison: health.poison }).to.deep.equal({ lost: 0, twice: 0, poison: 0 });
  });

  it('with kill -9 while it reads a log that is rotated loses no line and counts none twice', async () => {
    const log = join(premises.dir, 'audit.log');
    writeFileSync(log, '');
    receiver = await ownProcess(premises, [`--state-dir=${premises.files.state}`, `--audit-log=${log}`]);
    await receiver.start();
    let written = 0;
    let rotations = 0;
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        const lines = rawEvents(50).map(logLine);
        // A line in two pieces, as a reader may find it.
        const text = lines.join('');
        const cut = Math.floor(text.length / 3);
        appendFileSync(log, text.slice(0, cut));
        await sleep(2);
        appendFileSync(log, text.slice(cut));
        written += lines.length;
        if (written % 2_000 === 0) {
          rotations += 1;
          renameSync(log, join(premises.dir, `audit-${String(rotations).padStart(4, '0')}.log`));
          writeFileSync(log, '');
        }
        await sleep(2);
      }
    })();
    let kills = 0;
    for (const endMs = performance.now() + LOAD_MS; performance.now() < endMs; ) {
      await sleep(700);
      await receiver.kill();
      kills += 1;
      await receiver.start();
    }
    isOver = true;
    await writing;
    const health = await eventually(
      async () => {
        const now = await receiver.evidence.health();
        expect(now.counted).to.be.at.least(written);
        return now;
      },
      { withinMs: 60_000 },
    );
    // Time for what would be counted twice.
    await sleep(1_000);
    const { counted, poison } = await receiver.evidence.health();
    console.log(
      `      ${written} lines, ${rotations} rotations, ${kills} kills: ${written - counted} lost or counted twice, ` +
        `${health.duplicates} second copies known`,
    );
    expect(rotations).to.be.greaterThan(1);
    expect({ counted, poison, gaps: health.gaps }).to.deep.equal({ counted: written, poison: 0, gaps: 0 });
  });

  it('without a state directory forgets, and begins its count anew', async () => {
    receiver = await ownProcess(premises);
    await receiver.start();
    await post(receiver.webhook, premises, eventList(rawEvents(3)), bearer());
    await eventually(async () => expect((await receiver.evidence.health()).counted).to.equal(3));
    await receiver.kill();
    await receiver.start();
    expect((await receiver.evidence.health()).counted).to.equal(0);
  });

  it('with SIGTERM ends with 0, and the next one knows what it was given', async () => {
    receiver = await ownProcess(premises, [`--state-dir=${premises.files.state}`]);
    await receiver.start();
    const items = rawEvents(BATCH);
    await post(receiver.webhook, premises, eventList(items), bearer());
    expect(await receiver.stop(), receiver.stderr()).to.equal(0);
    await receiver.start();
    expect((await receiver.evidence.requests([String(items[7]?.auditID)])).length).to.equal(1);
    await post(receiver.webhook, premises, eventList(items), bearer());
    await eventually(async () => {
      const { counted, duplicates } = await receiver.evidence.health();
      expect({ counted, duplicates }).to.deep.equal({ counted: BATCH, duplicates: BATCH });
    });
  });
});
