import { servedGroups, serverVersion } from '../kube/discovery.ts';
import { KubeError } from '../kube/errors.ts';
import type { JsonTransport } from '../kube/transport.ts';
import type { Engine } from './engine.ts';
import type { Logger } from './logger.ts';
import { sleep } from './waiting.ts';

const TIMES = {
  everyMs: 600_000,
  /** Until it answers, the compliance of every network is unknown. */
  againMs: 15_000,
  /** At the start what is not known yet is asked for at once: told as unknown it would be written, and taken back. */
  atOnceMs: 200,
  /** Repairs wait no longer than this for an answer. */
  withinMs: 5_000,
};

export interface Discovery {
  /** It answered, refused, or took too long: what is decided before would be half an answer (THREATS 19). */
  readonly asked: Promise<void>;
  stop(): void;
}

/**
 * Asks now and then which API groups are served, for another policy API makes network compliance unknown (THREATS 20), and
 * which version the server has: it may be upgraded meanwhile.
 */
export function keepDiscovering(
  transport: JsonTransport,
  engine: Pick<Engine, 'served'>,
  logger: Pick<Logger, 'warn'>,
  { everyMs, againMs, atOnceMs, withinMs } = TIMES,
): Discovery {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const ask = async (): Promise<'answered' | 'refused' | 'failed'> => {
    try {
      const [groups, { minor }] = await Promise.all([servedGroups(transport), serverVersion(transport)]);
      engine.served(
        groups.map(({ group }) => group),
        minor,
      );
      return 'answered';
    } catch (error) {
      logger.warn('discovery did not answer', { error: String(error) });
      return error instanceof KubeError && error.status < 500 ? 'refused' : 'failed';
    }
  };
  const keep = (answer: Awaited<ReturnType<typeof ask>>): void => {
    if (stopped) return;
    timer = setTimeout(async () => keep(await ask()), answer === 'answered' ? everyMs : againMs);
  };
  const first = async (): Promise<void> => {
    const untilMs = performance.now() + withinMs;
    let answer = await ask();
    while (answer === 'failed' && !stopped && performance.now() < untilMs) {
      await sleep(atOnceMs);
      answer = await ask();
    }
    keep(answer);
  };
  return {
    asked: Promise.race([first(), sleep(withinMs)]),
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
