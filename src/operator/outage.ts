/** Nothing answered for so long: then it was an outage, and not a request that failed among others that did not. */
const OUTAGE_MS = 1000;
/** As rest_client_requests_total counts a request that got no answer. */
const NO_ANSWER = '<error>';

/**
 * Takes the code of every answer, or of its lack, and calls `onEnd` when the API server answers again after an outage:
 * what failed meanwhile waits for its back-off, which may have grown to minutes, and a namespace may be open.
 */
export function outageEnds(nowMs: () => number, onEnd: () => void): (code: string) => void {
  let lostMs: number | undefined;
  return (code) => {
    if (code === NO_ANSWER) {
      lostMs ??= nowMs();
      return;
    }
    const wasOutage = lostMs !== undefined && nowMs() - lostMs >= OUTAGE_MS;
    lostMs = undefined;
    if (wasOutage) onEnd();
  };
}
