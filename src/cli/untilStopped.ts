import { errorMessage } from '../k8s/errorMessage.ts';
import type { Logger } from '../operator/logger.ts';
import type { ExitCode } from './exitCodes.ts';
import { CLEAN, FAILED } from './exitCodes.ts';
import { signalOfTermination } from './signal.ts';

/** Runs what serves until it is told to stop, and says in its log how it ended. `what`: `the operator`. */
export async function untilStopped(
  what: string,
  logger: Logger,
  run: (signal: AbortSignal) => Promise<void>,
): Promise<ExitCode> {
  try {
    await run(signalOfTermination());
    logger.info('stopped');
    return CLEAN;
  } catch (error) {
    logger.error(`${what} ends`, { error: errorMessage(error) });
    return FAILED;
  }
}
