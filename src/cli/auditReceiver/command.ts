import type { ReceiverFlagValues } from '../../agents/receiver/flags.ts';
import { RECEIVER_FLAGS } from '../../agents/receiver/flags.ts';
import type { LogLevel } from '../../operator/logger.ts';
import { VERSION } from '../../version.ts';
import type { AddCommand } from '../command.ts';
import { acting } from '../command.ts';
import type { ExitCode } from '../exitCodes.ts';
import { LOG_LEVEL, tableOptions, tableValues } from '../flagTable.ts';
import { untilStopped } from '../untilStopped.ts';

export const addAuditReceiver: AddCommand = (parent, host) => {
  const command = parent
    .command('audit-receiver')
    .description('take the audit events of API servers, and answer who did what');
  for (const option of tableOptions(RECEIVER_FLAGS)) command.addOption(option);
  command.action(acting(host, () => run(tableValues(command))));
};

async function run(values: ReceiverFlagValues): Promise<ExitCode> {
  const { receiverOptionsOf } = await import('../../agents/receiver/flags.ts');
  const { createLogger } = await import('../../operator/logger.ts');
  const { systemClock } = await import('../../operator/clock.ts');
  const { runReceiver } = await import('../../agents/receiver/receiver.ts');
  const logger = createLogger((values[LOG_LEVEL] as LogLevel | undefined) ?? 'info');
  const process = { version: VERSION, logger, clock: systemClock };
  return untilStopped('the audit receiver', logger, async (signal) =>
    runReceiver(receiverOptionsOf(values, process), signal),
  );
}
