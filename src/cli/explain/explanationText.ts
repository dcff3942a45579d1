import { styleText } from 'node:util';
import { describeRef } from '../../k8s/ref.ts';
import { severityOf } from '../findings/findingResults.ts';
import { columns } from '../format/columns.ts';
import type { FormatOptions } from '../format/format.ts';
import { fits, wrap } from '../format/wrap.ts';
import { printable, shortPrintable } from '../printable.ts';
import type { ExplainedFinding, ExplainedObject, Explanation } from './explanation.ts';
import type { NotReady } from './notReady.ts';
import type { ExplainedSection } from './whoGoverns.ts';

/** For people. `isWide`: with what each object is there for. */
export function explanationText(explanation: Explanation, isWide: boolean, options: FormatOptions): string {
  const bold = (text: string): string =>
    options.hasColours ? styleText('bold', text, { validateStream: false }) : text;
  const line = (text: string, indent: string): string => wrap(printable(text), indent, options.columns);
  const { namespace, labels, sections, notReady, objects, findings } = explanation;
  const own = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return [
    `${bold(`Namespace ${printable(namespace)}`)}\n${line(`labels: ${own.join(', ') || 'none'}`, '  ')}`,
    `${bold('Who governs')}\n${sections.map((one) => sectionText(one, line)).join('') || '  no baseline declares anything\n'}${notReady.map((one) => notReadyText(one, line)).join('')}`,
    `${bold('What is held')}\n${objects.length === 0 ? '  nothing\n' : objectsText(objects, isWide, options)}`,
    `${bold('What is wrong')}\n${findings.map((one) => findingText(one, line)).join('') || '  nothing\n'}`,
  ].join('\n');
}

/** A line of text behind an indent; more lines where a terminal has no room for one. */
type Line = (text: string, indent: string) => string;

function sectionText({ section, baseline, enforcement, why, others }: ExplainedSection, line: Line): string {
  const governor = baseline === undefined ? 'nobody' : `${baseline} (${enforcement})`;
  const rest = others.map((one) => line(`not ${one.baseline}: ${one.why}`, '    '));
  return [line(`${section}: ${governor}`, '  '), line(why, '    '), ...rest].join('');
}

const notReadyText = ({ baseline, reason, message }: NotReady, line: Line): string =>
  `${line(`${baseline} is not ready: ${reason}`, '  ')}${line(message.replaceAll('\n', ' '), '    ')}`;

function findingText({ finding, fix }: ExplainedFinding, line: Line): string {
  const { reason, message, ref, baseline, shadow } = finding;
  const tried = shadow ? ', which only tries it out' : '';
  return [
    line(`${severityOf(finding, shadow)} ${reason}: ${describeRef(ref)}`, '  '),
    line(`${message} (baseline ${baseline}${tried})`, '    '),
    fix === '' ? '' : line(`To do: ${fix}`, '    '),
  ].join('');
}

/** Where there is no room for it, without the control, which `-o wide` has. */
function objectsText(objects: readonly ExplainedObject[], isWide: boolean, options: FormatOptions): string {
  const whole = tableOf(objects, isWide ? [...FIRST, 'baseline', 'control', 'why'] : [...FIRST, 'control']);
  return isWide || fits(whole, options.columns) ? whole : tableOf(objects, FIRST);
}

const FIRST = ['kind', 'name', 'state'] as const;

function tableOf(objects: readonly ExplainedObject[], fields: readonly (keyof ExplainedObject)[]): string {
  const rows = objects.map((object) => fields.map((field) => object[field]));
  const cells = [fields.map((field) => field.toUpperCase()), ...rows].map((row) =>
    row.map((text) => ({ text: shortPrintable(text) })),
  );
  return columns(cells, (_style, text) => text).replace(/^(?=.)/gm, '  ');
}
