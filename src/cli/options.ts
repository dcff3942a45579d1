import { InvalidArgumentError, Option } from 'commander';
import type { FailOn } from './format/report.ts';
import { FAIL_ON } from './format/report.ts';

/** Takes one of some words. */
export function oneOf<T extends string>(choices: readonly T[]): Parser<(value: string) => T> {
  const parse = (value: string): T => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new InvalidArgumentError(`write one of ${choices.join(', ')}.`);
    return found;
  };
  return Object.assign(parse, { choices });
}

/** A parser that says what it takes, for shells that complete words. */
type Parser<F> = F & { readonly choices: readonly string[] };

/** The values that an option takes; undefined where it takes any. */
export const choicesOf = ({ parseArg, argChoices }: Option): readonly string[] | undefined =>
  argChoices ?? (parseArg as Partial<Parser<unknown>> | undefined)?.choices;

/** For a flag that may be given several times. */
export const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

/** `-o`, which may be given several times; one that names a file leaves standard output to others. */
export const outputOption = (names: readonly string[], standard: string): Option =>
  new Option(
    '-o, --output <format>',
    `${names.join(', ')}; with =FILE into that file; repeatable (default: "${standard}")`,
  ).argParser(Object.assign((...args: Parameters<typeof collect>) => collect(...args), { choices: names }));

export const failOnOption = (): Option =>
  new Option('--fail-on <severity>', 'end with 1 at findings of this severity or worse: error, warning, info or none')
    .argParser(oneOf<FailOn>(FAIL_ON))
    .default('warning');

/** What is said of an argument that takes files. */
export const FILES = 'files, directories with all .yaml, .yml and .json in them, or - for standard input';
