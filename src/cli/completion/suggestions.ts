import type { Command, Option } from 'commander';
import { choicesOf } from '../options.ts';

export interface Suggestion {
  readonly value: string;
  readonly description: string;
}

export interface Suggestions {
  readonly found: readonly Suggestion[];
  /** Whether a file may stand there. */
  readonly takesFiles: boolean;
}

/** What may stand for the last of the words, which is not written to its end. `words` follow the name of the program. */
export function suggestionsFor(program: Command, words: readonly string[]): Suggestions {
  const current = words.at(-1) ?? '';
  const { command, pending, isAfterDashes } = follow(program, words.slice(0, -1));
  if (pending !== undefined) return values(pending, current);
  if (isAfterDashes) return FILES;
  const [, name, value] = /^(--[^=]+)=(.*)$/.exec(current) ?? [];
  const option = name === undefined ? undefined : optionOf(command, name);
  if (option !== undefined) return prefixed(values(option, value ?? ''), `${name}=`);
  if (current.startsWith('-')) return { found: flags(command, current), takesFiles: false };
  if (command.commands.length > 0) return { found: names(command, current), takesFiles: false };
  return command.registeredArguments.length > 0 ? FILES : { found: [], takesFiles: false };
}

const FILES: Suggestions = { found: [], takesFiles: true };

interface Followed {
  readonly command: Command;
  /** An option whose value comes next. */
  readonly pending: Option | undefined;
  readonly isAfterDashes: boolean;
}

const follow = (program: Command, words: readonly string[]): Followed =>
  words.reduce<Followed>(
    ({ command, pending, isAfterDashes }, word) => {
      const same = { command, pending: undefined, isAfterDashes };
      if (isAfterDashes || pending !== undefined) return same;
      if (word === '--') return { ...same, isAfterDashes: true };
      if (word.startsWith('-')) {
        const option = word.includes('=') ? undefined : optionOf(command, word);
        return { ...same, pending: option?.required === true ? option : undefined };
      }
      return { ...same, command: command.commands.find((one) => one.name() === word) ?? command };
    },
    { command: program, pending: undefined, isAfterDashes: false },
  );

const optionOf = (command: Command, name: string): Option | undefined =>
  command.options.find(({ long, short }) => long === name || short === name);

function values(option: Option, current: string): Suggestions {
  const choices = choicesOf(option);
  if (choices === undefined) return FILES;
  const found = choices.filter((choice) => choice.startsWith(current));
  return { found: found.map((value) => ({ value, description: '' })), takesFiles: false };
}

const prefixed = ({ found, takesFiles }: Suggestions, prefix: string): Suggestions => ({
  found: found.map(({ value, description }) => ({ value: `${prefix}${value}`, description })),
  takesFiles,
});

const flags = (command: Command, current: string): readonly Suggestion[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, short, description }) => ({ value: long ?? short ?? '', description }))
    .filter(({ value }) => value.startsWith(current));

const names = (command: Command, current: string): readonly Suggestion[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), description: one.description() }))
    .filter(({ value }) => value.startsWith(current));

/**
 * As cobra's programs answer, which is what kubectl asks its plugins for: a line for each, and at the end what to do
 * besides: 0 nothing special, 4 offer no files (cobra, completions.go).
 */
export const completionText = ({ found, takesFiles }: Suggestions): string =>
  [
    ...found.map(({ value, description }) => `${value}${description === '' ? '' : `\t${description}`}`),
    takesFiles ? ':0' : ':4',
    '',
  ].join('\n');
