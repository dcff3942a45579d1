import { parseArgs } from 'node:util';

/** A flag of an agent. Its command takes the names from the table, so both read the same. */
export interface Flag {
  /** Without its dashes. */
  readonly name: string;
  /** What its value is, for the help: `<file>`. */
  readonly value: string;
  readonly description: string;
  /** Absent: none. */
  readonly standard?: string;
  readonly isRepeatable?: true;
}

/** What was given, by the name of the flag; what has a standard value is there. */
export type FlagValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/** @throws a sentence about a flag that is unknown, or has no value */
export function parseFlags(flags: readonly Flag[], args: readonly string[]): FlagValues {
  const options = flags.map(({ name, standard, isRepeatable = false }) => [
    name,
    { type: 'string' as const, multiple: isRepeatable, ...(standard === undefined ? {} : { default: standard }) },
  ]);
  return parseArgs({ args: [...args], options: Object.fromEntries(options) }).values as FlagValues;
}
