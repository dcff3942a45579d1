import { styleText } from 'node:util';
import type { Cell, Paint } from './columns.ts';
import { columns } from './columns.ts';
import type { Format, FormatOptions } from './format.ts';
import type { Report, Result, Severity } from './report.ts';
import { helpFor } from './report.ts';
import { fits, wrap } from './wrap.ts';

const STYLES: Readonly<Record<Severity, NonNullable<Cell['style']>>> = {
  error: 'red',
  warning: 'yellow',
  info: 'cyan',
};
const HEAD = ['SEVERITY', 'WHERE', 'RULE', 'MESSAGE'];
const WIDE_HEAD = ['SEVERITY', 'WHERE', 'RULE', 'OBJECT', 'PATH', 'MESSAGE'];

/** For people: a table where there is room for one, else a paragraph for each. Nothing at all where nothing was found. */
export const table: Format = (report, options) => {
  const plain = tableOf(HEAD, report.results, NO_PAINT);
  return fits(plain, options.columns) ? tableOf(HEAD, report.results, painter(options)) : paragraphs(report, options);
};

/** The table, with the object and the path within it, however wide it is. */
export const wide: Format = ({ results }, options) => tableOf(WIDE_HEAD, results, painter(options));

const NO_PAINT: Paint = (_style, text) => text;

const painter = ({ hasColours }: FormatOptions): Paint =>
  hasColours
    ? (style, text) => (style === undefined ? text : styleText(style, text, { validateStream: false }))
    : NO_PAINT;

function tableOf(head: readonly string[], results: readonly Result[], paint: Paint): string {
  if (results.length === 0) return '';
  const cells = (result: Result): readonly Cell[] =>
    head.map((name) => ({
      text: TEXTS[name]?.(result) ?? '',
      ...(name === 'SEVERITY' ? { style: STYLES[result.severity] } : {}),
    }));
  return columns([head.map((text) => ({ text, style: 'bold' as const })), ...results.map(cells)], paint);
}

const whereOf = ({ file, position }: Result): string => `${file}:${position.line}:${position.column}`;

const TEXTS: Readonly<Record<string, (result: Result) => string>> = {
  SEVERITY: ({ severity }) => severity,
  WHERE: whereOf,
  RULE: ({ rule }) => rule,
  OBJECT: ({ object }) => object,
  PATH: ({ path }) => (path === '' ? '-' : path),
  MESSAGE: ({ message }) => message,
};

/** What to do is said once for each rule. */
function paragraphs(report: Report, options: FormatOptions): string {
  const paint = painter(options);
  const told = new Set<string>();
  return report.results
    .map((result) => {
      const { severity, rule, message } = result;
      const help = told.has(rule) ? '' : helpFor(report, result);
      told.add(rule);
      const head = `${paint(STYLES[severity], severity)} ${whereOf(result)} ${paint('bold', rule)}\n`;
      const todo = help === '' ? '' : wrap(`To do: ${help}`, '  ', options.columns);
      return `${head}${wrap(message, '  ', options.columns)}${todo}`;
    })
    .join('');
}
