import { servedGroups, serverVersion } from '../kube/discovery.ts';
import type { JsonTransport } from '../kube/transport.ts';
import type { Engine } from './engine.ts';
import type { Logger } from './logger.ts';
import { sleep } from './waiting.ts';

const TIMES = {
  everyMs: 600_000,
  /** Until it answers, the compliance of every network is unknown. */
  againMs: 15_000,
  /** Repairs wait no longer than this for an answer. */
  withinMs: 5_000,
};

export interface Discovery {
  /** It was asked once, and answered or not: what is decided before would be half an answer (THREATS 19). */
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
  { everyMs, againMs, withinMs } = TIMES,
): Discovery {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const look = async (): Promise<void> => {
    const answered = await Promise.all([servedGroups(transport), serverVersion(transport)]).then(
      ([groups, { minor }]) => {
        const names = groups.map(({ group }) => group);
        engine.served(names, minor);
        return true;
      },
      (error: unknown) => {
        logger.warn('discovery did not answer', { error: String(error) });
        return false;
      },
    );
    if (!stopped) timer = setTimeout(look, answered ? everyMs : againMs);
  };
  return {
    asked: Promise.race([look(), sleep(withinMs)]),
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
