import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningOperator } from '../support/operator.ts';
import type { Life } from './observation.ts';
import type { Whom } from './step.ts';

/** The operator's processes, as a Deployment would keep them: whatever ends is started anew. */
export interface Replicas {
  /** SIGKILL to one of them, or undefined when there is none such. Resolves when it has been started again. */
  kill(whom: Whom, downMs: number): Promise<void> | undefined;
  terminate(whom: Whom, downMs: number): Promise<void> | undefined;
  freeze(whom: Whom, forMs: number): Promise<void> | undefined;
  /** Acts while all of them are stopped. */
  paused(act: () => Promise<void>): Promise<void>;
  /** Resolves when all of them run. */
  allUp(): Promise<void>;
  /** SIGTERM to all, and none is started again. Answers their lives, the earlier ones too. */
  end(): Promise<readonly Life[]>;
}

interface Slot {
  readonly replica: number;
  running: RunningOperator | undefined;
  startedMs: number;
  /** What we did to the one that runs. */
  signal: 'SIGKILL' | 'SIGTERM' | undefined;
  /** Settled while it runs; while it is down, until it runs again. */
  up: Promise<void>;
}

/** A container that ended by itself is started anew; the kubelet takes longer. */
const RESTART_MS = 200;

/** Starts `count` of them. `start` starts one process, and may be called while the API server is away. */
export async function startReplicas(count: number, start: () => Promise<RunningOperator>): Promise<Replicas> {
  const lives: Life[] = [];
  let ending = false;
  const slots: readonly Slot[] = Array.from({ length: count }, (_, replica) => ({
    replica,
    running: undefined,
    startedMs: 0,
    signal: undefined,
    up: Promise.resolve(),
  }));
  const run = async (slot: Slot): Promise<void> => {
    slot.signal = undefined;
    slot.startedMs = Date.now();
    const operator = await start();
    slot.running = operator;
    void operator.exited.then((code) => onExit(slot, operator, code));
  };
  const onExit = (slot: Slot, operator: RunningOperator, code: number): void => {
    slot.running = undefined;
    const lines = operator.lines();
    const end = slot.signal ?? 'itself';
    const { replica, startedMs: fromMs } = slot;
    const worksFromMs = workOf(operator);
    lives.push({ replica, fromMs, untilMs: Date.now(), worksFromMs, end, code, lines });
    if (!ending && end === 'itself') slot.up = sleep(RESTART_MS).then(() => run(slot));
  };
  const endOne = (signal: 'SIGKILL' | 'SIGTERM', whom: Whom, downMs: number): Promise<void> | undefined => {
    const slot = find(slots, whom);
    if (slot?.running === undefined) return undefined;
    slot.signal = signal;
    const { running } = slot;
    slot.running = undefined;
    const gone = signal === 'SIGKILL' ? running.kill() : running.stop();
    slot.up = gone.then(() => sleep(downMs)).then(() => run(slot));
    return slot.up;
  };
  const allUp = async (): Promise<void> => {
    while (slots.some(({ running }) => running === undefined)) {
      await Promise.all(slots.map(({ up }) => up));
      await sleep(10);
    }
  };
  await Promise.all(slots.map(run));
  return {
    kill: (whom, downMs) => endOne('SIGKILL', whom, downMs),
    terminate: (whom, downMs) => endOne('SIGTERM', whom, downMs),
    freeze: (whom, forMs) => {
      const running = find(slots, whom)?.running;
      return running === undefined ? undefined : stopped([running], () => sleep(forMs));
    },
    paused: (act) =>
      stopped(
        slots.flatMap(({ running }) => running ?? []),
        act,
      ),
    allUp,
    end: async () => {
      if (ending) return lives;
      await allUp();
      ending = true;
      for (const slot of slots) slot.signal = 'SIGTERM';
      await Promise.all(slots.map(({ running }) => running?.stop()));
      return lives;
    },
  };
}

/** Processes may be stopped by several at once: the last one lets them go on. */
const stops = new Map<number, number>();

async function stopped(operators: readonly RunningOperator[], act: () => Promise<void>): Promise<void> {
  for (const { pid } of operators) {
    stops.set(pid, (stops.get(pid) ?? 0) + 1);
    signal(pid, 'SIGSTOP');
  }
  try {
    await act();
  } finally {
    for (const { pid } of operators) {
      const left = (stops.get(pid) ?? 1) - 1;
      if (left > 0) stops.set(pid, left);
      else {
        stops.delete(pid);
        signal(pid, 'SIGCONT');
      }
    }
  }
}

/** One that is gone by now cannot be signalled. */
function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch {}
}

/** The one that worked last, or another one. */
function find(slots: readonly Slot[], whom: Whom): Slot | undefined {
  const running = slots.filter((slot) => slot.running !== undefined);
  const [leader, ...others] = running.toSorted((a, b) => worksSince(b) - worksSince(a));
  return whom === 'leader' ? leader : others[0];
}

const worksSince = ({ running }: Slot): number => (running === undefined ? undefined : workOf(running)) ?? 0;

/** When it began to work, as its log tells. */
function workOf(operator: RunningOperator): number | undefined {
  const line = operator.lines().find(({ message }) => message === 'started');
  return line === undefined ? undefined : Date.parse(String(line.timestamp));
}
