import type { Command } from 'commander';
import { Option } from 'commander';
import { collect, oneOf } from './options.ts';

/** A flag in the table of a program that has one of its own; its names are what that program reads. */
export interface TableFlag {
  /** Without its dashes. */
  readonly name: string;
  /** What its value is, for the help: `<file>`. */
  readonly value: string;
  readonly description: string;
  readonly standard?: string;
  readonly isRepeatable?: true;
}

export type FlagValues = Readonly<Record<string, string | readonly string[] | undefined>>;

export const LOG_LEVEL = 'log-level';
const LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** Flags of a table, as commander has them. */
export const tableOptions = (flags: readonly TableFlag[]): readonly Option[] => flags.map(optionOf);

function optionOf({ name, value, description, standard, isRepeatable }: TableFlag): Option {
  const option = new Option(`--${name} ${value}`, isRepeatable ? `${description}; repeatable` : description);
  if (isRepeatable) option.argParser(collect);
  if (name === LOG_LEVEL) option.argParser(oneOf(LEVELS));
  return standard === undefined ? option : option.default(standard);
}

/** What was given, by the names of the table. */
export const tableValues = (command: Command): FlagValues =>
  Object.fromEntries(command.options.map((option) => [option.long?.slice(2), command.opts()[option.attributeName()]]));
