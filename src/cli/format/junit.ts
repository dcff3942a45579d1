import type { Format } from './format.ts';
import type { FailOn, Result, Subject } from './report.ts';
import { fails } from './report.ts';

/**
 * JUnit's XML: a suite for each file. What fails the command is a failure, what does not is a test that was skipped, so that
 * both say the same; what nothing was found in is a test that passed.
 */
export const junit: Format = ({ command, subjects, results, failOn }) => {
  const files = [...new Set([...subjects, ...results].map(({ file }) => file))];
  const suites = files.map((file) => suite(file, subjects, results, failOn));
  const attributes = `name="drawbridge ${xmlText(command)}" ${tally(suites)}`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${attributes}>\n${suites.map(({ xml }) => xml).join('')}</testsuites>\n`;
};

interface Suite {
  readonly tests: number;
  readonly failures: number;
  readonly skipped: number;
  readonly xml: string;
}

function suite(file: string, subjects: readonly Subject[], results: readonly Result[], failOn: FailOn): Suite {
  const found = results.filter((result) => result.file === file);
  const clean = subjects.filter((one) => one.file === file && !found.some((result) => isOf(result, one)));
  const failures = found.filter(({ severity }) => fails(severity, failOn)).length;
  const counts = { tests: found.length + clean.length, failures, skipped: found.length - failures };
  const cases = [
    ...found.map((result) => foundCase(result, fails(result.severity, failOn))),
    ...clean.map((one) => `    <testcase classname="${xmlText(file)}" name="${xmlText(one.object)}"/>\n`),
  ];
  return {
    ...counts,
    xml: `  <testsuite name="${xmlText(file)}" ${tally([counts])}>\n${cases.join('')}  </testsuite>\n`,
  };
}

/** Objects of one name may stand in one file twice. */
const isOf = (result: Result, subject: Subject): boolean => result.object === subject.object;

function foundCase({ file, object, rule, position, message, severity }: Result, isFailure: boolean): string {
  const name = `${object}: ${rule} at line ${position.line}`;
  const element = isFailure
    ? `<failure type="${rule}" message="${xmlText(message)}">${severity} ${xmlText(`${file}:${position.line}:${position.column}`)}</failure>`
    : `<skipped message="${xmlText(`${severity}: ${message}`)}"/>`;
  return `    <testcase classname="${xmlText(file)}" name="${xmlText(name)}">${element}</testcase>\n`;
}

const tally = (parts: readonly Omit<Suite, 'xml'>[]): string =>
  (['tests', 'failures', 'skipped'] as const)
    .map((name) => `${name}="${parts.reduce((sum, part) => sum + part[name], 0)}"`)
    .join(' ');

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
const xmlText = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
