import { posix, sep, win32 } from 'node:path';
import { pathToFileURL } from 'node:url';
import { VERSION } from '../../version.ts';
import type { Format } from './format.ts';
import type { Report, Result, Severity } from './report.ts';

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

/** SARIF 2.1.0, for code scanning: one run, with the rules that there are. */
export const sarif: Format = (report) => `${JSON.stringify(logOf(report), undefined, 2)}\n`;

const logOf = ({ rules, results }: Report): object => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'drawbridge',
          version: VERSION,
          rules: rules.map(({ id, severity, summary, help }) => ({
            id,
            shortDescription: { text: summary },
            ...(help === undefined ? {} : { help: { text: help } }),
            defaultConfiguration: { level: LEVELS[severity] },
          })),
        },
      },
      invocations: [{ executionSuccessful: true }],
      columnKind: 'utf16CodeUnits',
      results: results.map((result) =>
        resultOf(
          result,
          rules.findIndex(({ id }) => id === result.rule),
        ),
      ),
    },
  ],
});

const resultOf = ({ rule, severity, message, file, position, object, path }: Result, ruleIndex: number): object => ({
  ruleId: rule,
  ruleIndex,
  level: LEVELS[severity],
  message: { text: message },
  locations: [
    {
      physicalLocation: {
        artifactLocation: locationOf(file),
        region: { startLine: position.line, startColumn: position.column },
      },
      logicalLocations: [{ fullyQualifiedName: path === '' ? object : `${object}: ${path}` }],
    },
  ],
});

/**
 * A path below the directory that the command runs in is relative to it, as GitHub wants it. `<stdin>` is no file.
 * `isWindows`: a backslash is no part of a name.
 */
export function locationOf(file: string, isWindows = sep === '\\'): object {
  const [, place] = /^<(\w+)>$/.exec(file) ?? [];
  if (place !== undefined) return { uri: place };
  const { isAbsolute, normalize } = isWindows ? win32 : posix;
  if (isAbsolute(file)) return { uri: pathToFileURL(file, { windows: isWindows }).href };
  const steps = normalize(file).split(isWindows ? /[\\/]/ : '/');
  return { uri: steps.map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}
