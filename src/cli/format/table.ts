import { styleText } from 'node:util';
import type { Cell, Paint } from './columns.ts';
import { columns } from './columns.ts';
import type { Format } from './format.ts';
import type { Result, Severity } from './report.ts';

const STYLES: Readonly<Record<Severity, NonNullable<Cell['style']>>> = {
  error: 'red',
  warning: 'yellow',
  info: 'cyan',
};
const HEAD = ['SEVERITY', 'WHERE', 'RULE', 'MESSAGE'];
const WIDE_HEAD = ['SEVERITY', 'WHERE', 'RULE', 'OBJECT', 'PATH', 'MESSAGE'];

/** For people. Nothing at all where nothing was found. */
export const table: Format = ({ results }, { hasColours }) => tableOf(HEAD, results, hasColours);

/** The same, with the object and the path within it. */
export const wide: Format = ({ results }, { hasColours }) => tableOf(WIDE_HEAD, results, hasColours);

function tableOf(head: readonly string[], results: readonly Result[], hasColours: boolean): string {
  if (results.length === 0) return '';
  const paint: Paint = (style, text) =>
    hasColours && style !== undefined ? styleText(style, text, { validateStream: false }) : text;
  const cells = (result: Result): readonly Cell[] =>
    head.map((name) => ({
      text: TEXTS[name]?.(result) ?? '',
      ...(name === 'SEVERITY' ? { style: STYLES[result.severity] } : {}),
    }));
  return columns([head.map((text) => ({ text, style: 'bold' as const })), ...results.map(cells)], paint);
}

const TEXTS: Readonly<Record<string, (result: Result) => string>> = {
  SEVERITY: ({ severity }) => severity,
  WHERE: ({ file, position }) => `${file}:${position.line}:${position.column}`,
  RULE: ({ rule }) => rule,
  OBJECT: ({ object }) => object,
  PATH: ({ path }) => (path === '' ? '-' : path),
  MESSAGE: ({ message }) => message,
};
