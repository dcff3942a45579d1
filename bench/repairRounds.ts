import type { World } from '../test/support/world.ts';
import type { Observer } from './arena.ts';
import { repairAtOnce, repairOneByOne, startBareLoop } from './arena.ts';
import type { BareClient } from './client.ts';
import { loopDelayMs, settled } from './operatorRuns.ts';
import type { Latency } from './statistics.ts';
import { latencyOf } from './statistics.ts';

export interface Repairs {
  readonly single: Latency;
  readonly mass: Latency;
}

interface Samples {
  readonly single: number[];
  readonly mass: number[];
}

interface Contest {
  readonly world: World;
  readonly observer: Observer;
  readonly client: BareClient;
  readonly kubeconfig: string;
  /** The namespaces that the operator governs. */
  readonly names: readonly string[];
}

/** In turns, because the API server and the machine are not the same after minutes of other work. */
const ROUNDS = 3;
const SINGLE = 200;
const MASS = 100;
/** Of each new process, not counted: its code is not compiled and its connections are not open yet. */
const WARM_UP = 50;

/** The same repairs by the operator and by the bare loop, by turns; the operator runs before and after. */
export async function repairRounds(
  contest: Contest,
): Promise<{ readonly operator: Repairs; readonly bare: Repairs; readonly massDelayMs: number }> {
  const { world, names, kubeconfig } = contest;
  const operator: Samples = { single: [], mass: [] };
  const bare: Samples = { single: [], mass: [] };
  let massDelayMs = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    await oneByOne(contest, operator, round);
    await loopDelayMs(world);
    await atOnce(contest, operator, round);
    massDelayMs = Math.max(massDelayMs, await loopDelayMs(world));
    await world.stopOperator();
    const stop = await startBareLoop(kubeconfig);
    await oneByOne(contest, bare, round);
    await atOnce(contest, bare, round);
    await stop();
    await world.startOperator();
    await settled(world, names.length);
  }
  return { operator: latenciesOf(operator), bare: latenciesOf(bare), massDelayMs };
}

async function oneByOne({ observer, client, names }: Contest, into: Samples, round: number): Promise<void> {
  await repairOneByOne(observer, client, pick(names, WARM_UP, round));
  into.single.push(...(await repairOneByOne(observer, client, pick(names, SINGLE, round))));
}

async function atOnce({ observer, client, names }: Contest, into: Samples, round: number): Promise<void> {
  into.mass.push(...(await repairAtOnce(observer, client, pick(names, MASS, round))));
}

const latenciesOf = ({ single, mass }: Samples): Repairs => ({ single: latencyOf(single), mass: latencyOf(mass) });

/** So many of them, evenly spread and others in each round; all where there are fewer. */
function pick(names: readonly string[], most: number, round: number): readonly string[] {
  const count = Math.min(most, names.length);
  const at = (i: number): number => (Math.floor((i * names.length) / count) + round) % names.length;
  return Array.from({ length: count }, (_, i) => names[at(i)] ?? '');
}
