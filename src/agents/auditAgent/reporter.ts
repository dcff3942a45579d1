import type { JsonTransport } from '../../kube/transport.ts';
import type { Clock } from '../../operator/clock.ts';
import type { Logger } from '../../operator/logger.ts';
import type { NodeReport } from './report.ts';
import { writeReport } from './report.ts';

/** Writes what is said last, never in the way of the work. */
export interface Reporter {
  say(report: NodeReport): void;
  stop(): void;
}

const AGAIN_MS = 5_000;

export function createReporter(transport: JsonTransport, namespace: string, clock: Clock, logger: Logger): Reporter {
  let written = '';
  let wanted: NodeReport | undefined;
  let isWriting = false;
  let isStopped = false;
  let cancel = (): void => {};
  const write = async (): Promise<void> => {
    if (isWriting || isStopped || wanted === undefined) return;
    const report = wanted;
    const text = JSON.stringify(report);
    if (text === written) return;
    isWriting = true;
    try {
      await writeReport(transport, namespace, report);
      written = text;
    } catch (error) {
      logger.debug('the report of this node was not written', { error: String(error) });
    }
    isWriting = false;
    if (isStopped || wanted === report) return retryUnless(written === text);
    await write();
  };
  const retryUnless = (isDone: boolean): void => {
    cancel();
    if (!isDone && !isStopped) cancel = clock.after(AGAIN_MS, () => void write());
  };
  return {
    say: (report) => {
      wanted = report;
      void write();
    },
    stop: () => {
      isStopped = true;
      cancel();
    },
  };
}
