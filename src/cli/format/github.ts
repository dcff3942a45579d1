import type { Format } from './format.ts';
import type { Severity } from './report.ts';

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** Workflow commands of GitHub Actions, which become annotations in a pull request. */
export const github: Format = ({ results }) =>
  results
    .map(({ severity, file, position, rule, message }) => {
      const at = `file=${property(file)},line=${position.line},col=${position.column},title=${property(rule)}`;
      return `::${COMMANDS[severity]} ${at}::${data(message)}\n`;
    })
    .join('');

/** As actions/toolkit escapes them (packages/core/src/command.ts). */
const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
