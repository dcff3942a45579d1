import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createByteBudget } from '../../../src/agents/receiver/byteBudget.ts';
import type { Keeper } from '../../../src/agents/receiver/keeper.ts';
import { openKeeper } from '../../../src/agents/receiver/keeper.ts';
import { RECEIVER_METRICS } from '../../../src/agents/receiver/metricTable.ts';
import { DEFAULT_LIMITS } from '../../../src/agents/receiver/options.ts';
import { createMetrics } from '../../../src/operator/metrics.ts';
import type { RawEvent } from './events.ts';
import { eventList, rawEvents } from './events.ts';

describe('a keeper', () => {
  let stateDir: string;
  let errors: unknown[];
  const budget = createByteBudget(10_000_000);
  const open = (spoolBytes: number): Promise<Keeper> =>
    openKeeper({
      stateDir,
      spoolBytes,
      budget,
      record: {
        limits: DEFAULT_LIMITS,
        metrics: createMetrics({ defaults: false, rows: RECEIVER_METRICS }),
        waitingBytes: budget.used,
        timestamp: () => '2026-01-01T00:00:00.000Z',
        onEvent: undefined,
      },
      onError: (error) => errors.push(error),
    });
  const keep = async (keeper: Keeper, items: readonly RawEvent[]): Promise<void> => {
    const bytes = eventList(items);
    expect(budget.reserve(bytes.length)).to.equal(true);
    await keeper.keep({ source: 'webhook', bytes });
  };
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'drawbridge-keeper-'));
    errors = [];
  });
  afterEach(() => rmSync(stateDir, { recursive: true }));

  it('goes on counting where the last one ended, though most of what was kept is gone', async () => {
    const all = Array.from({ length: 60 }, () => rawEvents(10));
    let counted = 0;
    for (const part of [all.slice(0, 25), all.slice(25, 50), all.slice(50)]) {
      // Less than a fifth of it.
      const keeper = await open(60_000);
      expect(keeper.record.tallies().counted).to.equal(counted);
      for (const items of part) await keep(keeper, items);
      await keeper.idle();
      counted += part.length * 10;
      expect(keeper.record.tallies()).to.deep.equal({ counted, duplicates: 0, poison: 0 });
      await keeper.close();
    }
    expect(errors).to.deep.equal([]);
    expect(budget.used()).to.equal(0);
  });

  it('loses no batch when the disk does not take the sum of those before', async () => {
    const keeper = await open(1_000);
    mkdirSync(join(stateDir, 'spool', 'base.json.new'));
    for (let batch = 0; batch < 5; batch += 1) await keep(keeper, rawEvents(10));
    await keeper.idle();
    expect(keeper.record.tallies().counted).to.equal(50);
    expect(errors.length).to.be.greaterThan(0);
    expect(budget.used()).to.equal(0);
    await keeper.close();
  });
});
