import type { Format } from './format.ts';
import type { Severity } from './report.ts';
import { helpFor } from './report.ts';

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** Workflow commands of GitHub Actions, which become annotations in a pull request. */
export const github: Format = (report) =>
  report.results
    .map((result) => {
      const { severity, file, position, rule, message } = result;
      const help = helpFor(report, result);
      const at = `file=${property(file)},line=${position.line},col=${position.column},title=${property(rule)}`;
      return `::${COMMANDS[severity]} ${at}::${data(help === '' ? message : `${message}\nTo do: ${help}`)}\n`;
    })
    .join('');

/** As actions/toolkit escapes them (packages/core/src/command.ts). */
const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
