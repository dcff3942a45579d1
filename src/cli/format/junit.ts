import type { Format } from './format.ts';
import type { Report, Result, Subject } from './report.ts';
import { fails, helpFor } from './report.ts';

/**
 * JUnit's XML, as Jenkins takes it (junit-10.xsd of its xunit plugin; that of Ant asks for times and hosts): a suite for each
 * file. What fails the command is a failure, what does not is a test that was skipped, so that both say the same; what nothing
 * was found in is a test that passed.
 */
export const junit: Format = (report) => {
  const { command, subjects, results } = report;
  const files = [...new Set([...subjects, ...results].map(({ file }) => file))];
  const suites = files.map((file) => suite(file, report));
  const attributes = `name="drawbridge ${xmlText(command)}" ${tally(ALL, suites)}`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${attributes}>\n${suites.map(({ xml }) => xml).join('')}</testsuites>\n`;
};

interface Suite {
  readonly tests: number;
  readonly failures: number;
  readonly skipped: number;
  /** Tests that could not be carried out, of which there are none: readers want to be told. */
  readonly errors: 0;
  readonly xml: string;
}

function suite(file: string, report: Report): Suite {
  const { subjects, results, failOn } = report;
  const found = results.filter((result) => result.file === file);
  const clean = subjects.filter((one) => one.file === file && !found.some((result) => isOf(result, one)));
  const failures = found.filter(({ severity }) => fails(severity, failOn)).length;
  const counts = { tests: found.length + clean.length, failures, errors: 0, skipped: found.length - failures } as const;
  const cases = [
    ...found.map((result) => foundCase(result, fails(result.severity, failOn), helpFor(report, result))),
    ...clean.map((one) => `    <testcase classname="${xmlText(file)}" name="${xmlText(one.object)}"/>\n`),
  ];
  return {
    ...counts,
    xml: `  <testsuite name="${xmlText(file)}" ${tally([...ALL, 'skipped'], [counts])}>\n${cases.join('')}  </testsuite>\n`,
  };
}

/** Objects of one name may stand in one file twice. */
const isOf = (result: Result, subject: Subject): boolean => result.object === subject.object;

function foundCase(
  { file, object, rule, position, message, severity }: Result,
  isFailure: boolean,
  help: string,
): string {
  const todo = help === '' ? '' : `\nTo do: ${help}`;
  const name = `${object}: ${rule} at line ${position.line}`;
  const element = isFailure
    ? `<failure type="${rule}" message="${xmlText(message)}">${severity} ${xmlText(`${file}:${position.line}:${position.column}${todo}`)}</failure>`
    : `<skipped message="${xmlText(`${severity}: ${message}`)}"/>`;
  return `    <testcase classname="${xmlText(file)}" name="${xmlText(name)}">${element}</testcase>\n`;
}

type Count = keyof Omit<Suite, 'xml'>;
/** What all suites together may have; that some were skipped only a suite says. */
const ALL: readonly Count[] = ['tests', 'failures', 'errors'];

const tally = (names: readonly Count[], parts: readonly Omit<Suite, 'xml'>[]): string =>
  names.map((name) => `${name}="${parts.reduce((sum, part) => sum + part[name], 0)}"`).join(' ');

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
const xmlText = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
