import { VERSION } from '../../version.ts';
import type { Format } from './format.ts';
import type { Report, Subject } from './report.ts';
import { fails, SEVERITIES } from './report.ts';

/** A report as data; fields are added, and never change their meaning. */
export const dataOf = ({ command, subjects, results, rules, failOn, notJudged }: Report): object => ({
  tool: 'drawbridge',
  version: VERSION,
  command,
  summary: {
    checked: subjects.length,
    ...Object.fromEntries(SEVERITIES.map((one) => [one, results.filter(({ severity }) => severity === one).length])),
    failed: results.some(({ severity }) => fails(severity, failOn)),
  },
  checked: subjects.map(place),
  results: results.map((result) => ({
    rule: result.rule,
    severity: result.severity,
    ...place(result),
    path: result.path,
    message: result.message,
    summary: rules.find(({ id }) => id === result.rule)?.summary ?? '',
    fix: rules.find(({ id }) => id === result.rule)?.help ?? '',
  })),
  ...(notJudged === undefined ? {} : { notJudged: notJudged.map((one) => ({ ...place(one), why: one.why })) }),
});

const place = ({ file, position, object }: Subject): object => ({ file, ...position, object });

export const json: Format = (report) => `${JSON.stringify(dataOf(report), undefined, 2)}\n`;
