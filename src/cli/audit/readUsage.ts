import { readEvent } from '../../audit/event.ts';
import type { Usage } from '../../audit/usage/usage.ts';
import type { UsageIndex } from '../../audit/usage/usageIndex.ts';
import { usageIndex } from '../../audit/usage/usageIndex.ts';
import { list, record } from '../../k8s/json.ts';
import type { LogLine } from './logLines.ts';

/** What was read of audit logs. */
export interface LogUsage {
  readonly usage: Usage;
  readonly poison: Poison;
  /** Events from before `since`. */
  readonly older: number;
}

/** Lines that are no events; whatever they were, it is missing. */
export interface Poison {
  readonly lines: number;
  readonly tooLong: number;
  /** Where the first few are: `audit.log:7`. */
  readonly where: readonly string[];
}

export interface ReadUsageOptions {
  /** RFC 3339 in UTC with microseconds, as events have it. */
  readonly since?: string;
  readonly isWanted?: (subject: string) => boolean;
}

const MAX_PLACES = 5;

/** Folds log files into who used what, a line at a time. A line is an Event, or an EventList as a webhook is sent it. */
export async function readUsage(
  files: readonly { readonly name: string; readonly lines: AsyncIterable<LogLine> }[],
  { since = '', isWanted }: ReadUsageOptions = {},
): Promise<LogUsage> {
  const index = usageIndex(undefined, isWanted);
  const where: string[] = [];
  let [lines, tooLong, older] = [0, 0, 0];
  for (const { name, lines: all } of files) {
    for await (const { number, text } of all) {
      if (text?.trim() === '') continue;
      const added = text === undefined ? undefined : addLine(index, text, since);
      older += added ?? 0;
      if (added !== undefined) continue;
      if (text === undefined) tooLong += 1;
      else lines += 1;
      if (where.length < MAX_PLACES) where.push(`${name}:${number}`);
    }
  }
  return { usage: index.usage(), poison: { lines, tooLong, where }, older };
}

/** How many of its events were too old. Undefined: it holds something that is no event. */
function addLine(index: UsageIndex, line: string, since: string): number | undefined {
  const value = parsed(line);
  const kind = record(value).kind;
  const events = (kind === 'EventList' ? list(record(value).items) : [value]).map(readEvent);
  if (kind !== undefined && kind !== 'Event' && kind !== 'EventList') return undefined;
  let older = 0;
  let isWhole = true;
  for (const event of events) {
    if (event === undefined) isWhole = false;
    else if (event.receivedAt < since) older += 1;
    else index.add(event);
  }
  return isWhole ? older : undefined;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
