import { Option } from 'commander';
import type { ReceiverFlag, ReceiverFlagValues } from '../../agents/receiver/flags.ts';
import { RECEIVER_FLAGS, receiverOptionsOf } from '../../agents/receiver/flags.ts';
import type { LogLevel } from '../../operator/logger.ts';
import { VERSION } from '../../version.ts';
import type { AddCommand } from '../command.ts';
import { acting } from '../command.ts';
import type { ExitCode } from '../exitCodes.ts';
import { CLEAN, FAILED } from '../exitCodes.ts';
import { collect, oneOf } from '../options.ts';
import { signalOfTermination } from '../signal.ts';

const LOG_LEVEL = 'log-level';
const LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** Its flags are those of the receiver's own table. */
export const addAuditReceiver: AddCommand = (parent, host) => {
  const command = parent
    .command('audit-receiver')
    .description('take the audit events of API servers, and answer who did what');
  const options = RECEIVER_FLAGS.map((flag) => [flag.name, optionOf(flag)] as const);
  for (const [, option] of options) command.addOption(option);
  command.action(
    acting(host, (given: Readonly<Record<string, string>>) =>
      run(Object.fromEntries(options.map(([name, option]) => [name, given[option.attributeName()]]))),
    ),
  );
};

function optionOf({ name, value, description, standard, isRepeatable }: ReceiverFlag): Option {
  const option = new Option(`--${name} ${value}`, isRepeatable ? `${description}; repeatable` : description);
  if (isRepeatable) option.argParser(collect);
  if (name === LOG_LEVEL) option.argParser(oneOf(LEVELS));
  return standard === undefined ? option : option.default(standard);
}

async function run(values: ReceiverFlagValues): Promise<ExitCode> {
  const { createLogger } = await import('../../operator/logger.ts');
  const { systemClock } = await import('../../operator/clock.ts');
  const { runReceiver } = await import('../../agents/receiver/receiver.ts');
  const logger = createLogger((values[LOG_LEVEL] as LogLevel | undefined) ?? 'info');
  try {
    const process = { version: VERSION, logger, clock: systemClock };
    await runReceiver(receiverOptionsOf(values, process), signalOfTermination());
    logger.info('stopped');
    return CLEAN;
  } catch (error) {
    logger.error('the audit receiver ends', { error: error instanceof Error ? error.message : String(error) });
    return FAILED;
  }
}
