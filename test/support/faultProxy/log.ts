import type { FaultType, LoggedRequest, ProxiedRequest } from './types.ts';

/** What a proxy remembers of the requests that came. */
export interface RequestLog {
  begin(request: ProxiedRequest): LogEntry;
  since(ms: number): readonly LoggedRequest[];
}

export interface LogEntry extends ProxiedRequest {
  readonly atMs: number;
  code: number | undefined;
  fault: FaultType | undefined;
}

const KEPT = 200_000;

export function createRequestLog(): RequestLog {
  let entries: LogEntry[] = [];
  return {
    begin: (request) => {
      const entry: LogEntry = { ...request, atMs: performance.now(), code: undefined, fault: undefined };
      entries.push(entry);
      // Rarely, so that a request costs no copy.
      if (entries.length >= 2 * KEPT) entries = entries.slice(-KEPT);
      return entry;
    },
    since: (ms) => entries.filter(({ atMs }) => atMs >= ms),
  };
}

/** The most requests that arrived within any one second. */
export function peakPerSecond(requests: readonly Pick<LoggedRequest, 'atMs'>[]): number {
  let first = 0;
  let peak = 0;
  for (const [last, { atMs }] of requests.entries()) {
    while ((requests[first]?.atMs ?? atMs) <= atMs - 1_000) first += 1;
    peak = Math.max(peak, last - first + 1);
  }
  return peak;
}

/** How many of which: `12 × create networkpolicies 429`, most first. For people. */
export function summary(requests: readonly LoggedRequest[]): string {
  const counts = new Map<string, number>();
  for (const { verb, resource, subresource, code } of requests) {
    const what = `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`} ${code ?? 'unanswered'}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([what, count]) => `${count} × ${what}`)
    .join(', ');
}
