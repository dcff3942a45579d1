import type { Command } from 'commander';
import { Option } from 'commander';
import type { Flag, FlagValues } from '../agents/flagTable.ts';
import { collect, oneOf } from './options.ts';

export const LOG_LEVEL = 'log-level';
const LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** Flags of a table, as commander has them. */
export const tableOptions = (flags: readonly Flag[]): readonly Option[] => flags.map(optionOf);

function optionOf({ name, value, description, standard, isRepeatable }: Flag): Option {
  const option = new Option(`--${name} ${value}`, isRepeatable ? `${description}; repeatable` : description);
  if (isRepeatable) option.argParser(collect);
  if (name === LOG_LEVEL) option.argParser(oneOf(LEVELS));
  return standard === undefined ? option : option.default(standard);
}

/** What was given, by the names of the table. */
export const tableValues = (command: Command): FlagValues =>
  Object.fromEntries(command.options.map((option) => [option.long?.slice(2), command.opts()[option.attributeName()]]));
