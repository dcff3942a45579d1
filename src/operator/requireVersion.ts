import type { ServerVersion } from '../kube/discovery.ts';
import type { Logger } from './logger.ts';
import { aborted, sleep } from './waiting.ts';

/** CIDR functions in CRD rules, and ValidatingAdmissionPolicy v1 (THREATS 26). */
export const OLDEST_MINOR = 31;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * Waits for the API server, however long, and refuses one that is too old with a sentence that says so. Returns early when
 * `signal` aborts.
 */
export async function requireVersion(
  ask: () => Promise<ServerVersion>,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    const version = await ask().catch((error: unknown) => {
      logger.warn('the API server does not answer', { error: String(error), retryInMs: waitMs });
      return undefined;
    });
    if (version !== undefined) return refuseOld(version);
    await Promise.race([sleep(waitMs), aborted(signal)]);
  }
}

function refuseOld({ major, minor, gitVersion }: ServerVersion): void {
  if (major > 1 || minor >= OLDEST_MINOR) return;
  throw new Error(`the API server is ${gitVersion}; Drawbridge needs Kubernetes 1.${OLDEST_MINOR} or newer`);
}
