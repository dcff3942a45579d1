import type { Command } from 'commander';
import { Option } from 'commander';
import type { ReceiverFlag, ReceiverFlagValues } from '../../agents/receiver/flags.ts';
import { RECEIVER_FLAGS } from '../../agents/receiver/flags.ts';
import { collect, oneOf } from '../options.ts';

export const LOG_LEVEL = 'log-level';
const LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** The flags of the receiver's own table, as commander has them. */
export const receiverOptions = (): readonly Option[] => RECEIVER_FLAGS.map(optionOf);

function optionOf({ name, value, description, standard, isRepeatable }: ReceiverFlag): Option {
  const option = new Option(`--${name} ${value}`, isRepeatable ? `${description}; repeatable` : description);
  if (isRepeatable) option.argParser(collect);
  if (name === LOG_LEVEL) option.argParser(oneOf(LEVELS));
  return standard === undefined ? option : option.default(standard);
}

/** What was given, by the names that the receiver knows. */
export const receiverValues = (command: Command): ReceiverFlagValues =>
  Object.fromEntries(command.options.map((option) => [option.long?.slice(2), command.opts()[option.attributeName()]]));
