import { styleText } from 'node:util';
import { describeRef } from '../../k8s/ref.ts';
import { pathOfPointer } from '../findings/findingResults.ts';
import type { FormatOptions } from '../format/format.ts';
import type { Result } from '../format/report.ts';
import { wrap } from '../format/wrap.ts';
import { shortPrintable } from '../printable.ts';
import type { Difference } from './differences.ts';
import type { ObjectDifference } from './objectDifference.ts';

/** A difference, and the result that formats for programs have of it. */
export interface PlacedDifference {
  readonly difference: ObjectDifference;
  readonly result: Result;
}

const STYLES = { add: 'green', change: 'yellow', replace: 'yellow', remove: 'red' } as const;

/** For people: what happens to which object, who asks for it, and each field as it is and as it would be. */
export const diffText = (differences: readonly PlacedDifference[], options: FormatOptions): string =>
  differences.map((one) => differenceText(one, options)).join('');

function differenceText({ difference, result }: PlacedDifference, options: FormatOptions): string {
  const { action, ref, baseline, fields, withheld } = difference;
  const paint = painter(options);
  const { file, position } = result;
  const asked = `baseline ${baseline}, ${file}:${position.line}:${position.column}`;
  const rests = withheld === undefined ? '' : `; it is not, by ${withheld}`;
  const head = `${paint(STYLES[action], action)} ${paint('bold', shortPrintable(describeRef(ref)))}`;
  return `${head}\n${wrap(shortPrintable(`by ${asked}${rests}`), '  ', options.columns)}${fields.map((field) => fieldText(field, paint)).join('')}`;
}

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

const painter = ({ hasColours }: FormatOptions): Paint =>
  hasColours ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;

function fieldText({ pointer, before, after }: Difference, paint: Paint): string {
  const path = pointer === '' ? 'as a whole' : shortPrintable(pathOfPointer(pointer));
  const line = (sign: '-' | '+', value: unknown): string =>
    value === undefined ? '' : `    ${paint(sign === '-' ? 'red' : 'green', `${sign} ${valueText(value)}`)}\n`;
  return `  ${path}\n${line('-', before)}${line('+', after)}`;
}

/** On one line, to be copied whole. */
const valueText = (value: unknown): string => shortPrintable(JSON.stringify(value));
