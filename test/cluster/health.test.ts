import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { useFaultyWorld } from './support/faultyWorld.ts';
import { member, untilReady } from './support/look.ts';
import { DENY, policies } from './support/paths.ts';
import { baselineOf, denyOnly } from './support/spec.ts';

const NAME = 'healthy';
const BLOCK_LOOP = fileURLToPath(new URL('../support/blockLoop.ts', import.meta.url));
/** As manifests/base/deployment.yaml has it. */
const PROBE_TIMEOUT_MS = 5_000;

describe('/healthz of the process', function () {
  this.timeout(120_000);
  const { world, proxy } = useFaultyWorld({ nodeArgs: ['--import', BLOCK_LOOP] });
  const operator = () => world().operator();

  before(async () => {
    await member(world(), 'team-a', NAME);
    await world().admin.create(baselineOf(NAME, denyOnly()));
    await untilReady(world(), NAME, 1);
  });

  /** Asks again and again; answers what was said other than 200. */
  async function whatIsRed(forMs: number): Promise<readonly string[]> {
    const red: string[] = [];
    for (const endMs = performance.now() + forMs; performance.now() < endMs; await sleep(200)) {
      const { status, body } = await operator().health('/healthz');
      if (status !== 200) red.push(body);
    }
    return red;
  }

  it('stays green while the API server is away, and everything waits for its back-off', async () => {
    await proxy().inject({ match: {}, fault: { type: 'outage' } });
    expect(await whatIsRed(12_000)).to.deep.equal([]);
  });

  it('stays green while every watch is frozen and every write refused', async () => {
    await proxy().inject({ match: { verbs: ['watch'] }, fault: { type: 'freeze', after: 'thaw' } });
    await proxy().inject({ match: { verbs: ['create', 'update'] }, fault: { type: 'refuse', status: 500 } });
    await world().admin.delete(policies('team-a', DENY));
    expect(await whatIsRed(8_000)).to.deep.equal([]);
    await proxy().clear();
    await eventually(async () => expect(await world().admin.find(policies('team-a', DENY))).to.not.equal(undefined), {
      withinMs: 30_000,
    });
  });

  it('stays green when the process goes on after it was stopped for fifteen seconds', async () => {
    process.kill(operator().pid, 'SIGSTOP');
    await sleep(15_000);
    process.kill(operator().pid, 'SIGCONT');
    expect(await whatIsRed(3_000)).to.deep.equal([]);
  });

  it('turns red when the event loop is held up again and again, though each probe is answered, and green after it', async () => {
    process.kill(operator().pid, 'SIGUSR2');
    const asked: number[] = [];
    await eventually(
      async () => {
        const fromMs = performance.now();
        const { status, body } = await operator().health('/healthz');
        asked.push(performance.now() - fromMs);
        expect(status).to.equal(500);
        expect(body).to.match(/\[-\]event-loop failed: the event loop was held up for 2\d s of the last minute/);
      },
      { withinMs: 60_000, everyMs: 500 },
    );
    console.log(
      `      red after ${asked.length} probes, of which the slowest took ${Math.max(...asked).toFixed(0)} ms`,
    );
    expect(Math.max(...asked)).to.be.below(PROBE_TIMEOUT_MS);
    process.kill(operator().pid, 'SIGUSR2');
    await eventually(async () => expect((await operator().health('/healthz')).status).to.equal(200), {
      withinMs: 75_000,
      everyMs: 1_000,
    });
  });
});
