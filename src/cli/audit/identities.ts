import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readEvent } from '../../audit/event.ts';
import type { Identities } from '../../audit/identities.ts';
import { collectIdentities } from '../../audit/identities.ts';
import { createLineSplitter } from '../../kube/lines.ts';
import { UsageError } from '../exitCodes.ts';
import { printable } from '../printable.ts';
import type { Terminal } from '../terminal.ts';

/**
 * Who authenticated and who was impersonated, from logs that API servers write, however long: a line at a time.
 * @throws UsageError where one cannot be read, or holds no event
 */
export async function identitiesOf(paths: readonly string[], terminal: Terminal): Promise<Identities> {
  const collector = collectIdentities();
  for (const path of paths) {
    const count = { events: 0, others: 0 };
    await eachLine(resolve(terminal.directory, path), (line) => {
      const event = readEvent(parsed(line));
      if (event !== undefined) collector.add(event);
      count[event === undefined ? 'others' : 'events'] += 1;
    }).catch((error: Error) => {
      throw new UsageError(`--audit-log ${printable(path)}: ${error.message}`);
    });
    if (count.events === 0) {
      throw new UsageError(`--audit-log ${printable(path)}: it holds no audit event: name a log with one event a line`);
    }
    if (count.others > 0)
      terminal.log(`${printable(path)}: ${count.others} lines are no audit events, and are passed over`);
  }
  return collector.identities;
}

async function eachLine(path: string, take: (line: string) => void): Promise<void> {
  const file = await open(path);
  try {
    const splitter = createLineSplitter((line) => take(line.toString()));
    for await (const chunk of file.createReadStream({ autoClose: false })) splitter.push(chunk);
    // The last line may have no end.
    if (splitter.pendingBytes() > 0) splitter.push(Buffer.from('\n'));
  } finally {
    await file.close();
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
