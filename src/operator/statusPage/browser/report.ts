import type { BaselineReportBody } from '../../../api/types.ts';
import type { Cell } from '../wire.ts';
import { element, make } from './dom.ts';

interface Answer {
  readonly cell?: Cell;
  readonly report?: BaselineReportBody;
  readonly error?: string;
}

/** Shows the report of a namespace; resolves when it is there. */
export async function showReport(name: string): Promise<void> {
  const answer = await fetch(`api/namespaces/${encodeURIComponent(name)}`).then(
    (response): Promise<Answer> => response.json(),
    (): Answer => ({ error: 'the operator does not answer' }),
  );
  element('report-title').textContent = name;
  element('report-body').replaceChildren(...contentOf(answer));
  element('report').hidden = false;
}

function contentOf({ cell, report, error }: Answer): readonly HTMLElement[] {
  if (error !== undefined) return [make('p', 'failed', error)];
  const state = cell?.[1] ?? 'not governed';
  const head = make('p', '', make('span', `mark ${state}`, state));
  if (report === undefined) return [head, make('p', '', 'It has no report yet.')];
  return [head, make('p', '', report.summary), ...sectionsOf(report), ...findingsOf(report), ...driftOf(report)];
}

const sectionsOf = ({ sections }: BaselineReportBody): readonly HTMLElement[] => [
  make('h2', '', 'Sections'),
  pairs(
    sections.map(({ section, baseline, enforcement, held, retained }) => [
      section,
      [baseline, enforcement, ...(held ? ['held'] : []), ...(retained ? ['retained'] : [])].join(', '),
    ]),
  ),
];

function findingsOf({ findings = [], further }: BaselineReportBody): readonly HTMLElement[] {
  if (findings.length === 0) return [make('h2', '', 'No findings')];
  const items = findings.map(({ severity, result, reason, object, message, control, check, baseline }) =>
    make(
      'li',
      '',
      make('div', '', make('span', `mark ${severity}`, `${severity} ${result}`), ` ${reason} · ${object}`),
      make('div', '', message),
      make('small', '', `${control} · ${check} · ${baseline}`),
    ),
  );
  const rest =
    further === undefined
      ? []
      : [make('p', '', `and ${further.keys.length}${further.rest === undefined ? '' : ' or'} more`)];
  return [make('h2', '', `Findings (${findings.length})`), make('ul', '', ...items), ...rest];
}

function driftOf({ lastDrift }: BaselineReportBody): readonly HTMLElement[] {
  if (lastDrift === undefined) return [];
  const { object, change, fields, manager, user, at, repairedInMs } = lastDrift;
  const who = [user ?? '', manager === '' ? '' : `field manager ${manager}`].filter((one) => one !== '').join(', ');
  return [
    make('h2', '', 'Last drift'),
    pairs([
      ['object', object],
      ['change', change],
      ...(fields.length === 0 ? [] : [['fields', fields.join(', ')] as const]),
      ['by', who === '' ? 'nobody knows' : who],
      ['at', at],
      ['repaired', repairedInMs === undefined ? 'no' : `in ${repairedInMs} ms`],
    ]),
  ];
}

const pairs = (rows: readonly (readonly [name: string, value: string])[]): HTMLElement =>
  make('dl', '', ...rows.flatMap(([name, value]) => [make('dt', '', name), make('dd', '', value)]));
