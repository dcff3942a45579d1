import { styleText } from 'node:util';
import { describeRef } from '../../k8s/ref.ts';
import { severityOf } from '../findings/findingResults.ts';
import { columns } from '../format/columns.ts';
import { printable, shortPrintable } from '../printable.ts';
import type { ExplainedFinding, Explanation } from './explanation.ts';
import type { ExplainedSection } from './whoGoverns.ts';

/** For people. `isWide`: with what each object is there for. */
export function explanationText(explanation: Explanation, isWide: boolean, hasColours: boolean): string {
  const bold = (text: string): string => (hasColours ? styleText('bold', text, { validateStream: false }) : text);
  const { namespace, labels, sections, objects, findings } = explanation;
  const own = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const rows = objects.map(({ kind, name, state, baseline, control, why }) => [
    kind,
    name,
    state,
    ...(isWide ? [baseline, control, why] : [control]),
  ]);
  const head = ['KIND', 'NAME', 'STATE', ...(isWide ? ['BASELINE', 'CONTROL', 'WHY'] : ['CONTROL'])];
  return [
    `${bold(`Namespace ${printable(namespace)}`)}\n  labels: ${printable(own.join(', ') || 'none')}\n`,
    `${bold('Who governs')}\n${sections.map(sectionText).join('') || '  no baseline declares anything\n'}`,
    `${bold('What is held')}\n${rows.length === 0 ? '  nothing\n' : indented(table([head, ...rows]))}`,
    `${bold('What is wrong')}\n${findings.map(findingText).join('') || '  nothing\n'}`,
  ].join('\n');
}

function sectionText({ section, baseline, enforcement, why, others }: ExplainedSection): string {
  const governor = baseline === undefined ? 'nobody' : `${baseline} (${enforcement})`;
  const rest = others.map((one) => `    not ${one.baseline}: ${one.why}\n`).join('');
  return printableLines(`  ${section}: ${governor}\n    ${why}\n${rest}`);
}

function findingText({ finding, fix }: ExplainedFinding): string {
  const { reason, message, ref, baseline, shadow } = finding;
  const tried = shadow ? ', which only tries it out' : '';
  const lines = [
    `  ${severityOf(finding, shadow)} ${reason}: ${describeRef(ref)}\n`,
    `    ${message} (baseline ${baseline}${tried})\n`,
    fix === '' ? '' : `    To do: ${fix}\n`,
  ];
  return printableLines(lines.join(''));
}

const table = (rows: readonly (readonly string[])[]): string =>
  columns(
    rows.map((row) => row.map((text) => ({ text: shortPrintable(text) }))),
    (_style, text) => text,
  );

const indented = (text: string): string => text.replace(/^(?=.)/gm, '  ');

/** Names and values are anybody's: line ends within them are no line ends here. */
const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');
