import type { ExitCode } from '../exitCodes.ts';
import { CLEAN, FOUND, UsageError } from '../exitCodes.ts';
import { documentSubject } from '../findings/documentResults.ts';
import { findingResults } from '../findings/findingResults.ts';
import { FINDING_RULES } from '../findings/help.ts';
import type { FormatOptions } from '../format/format.ts';
import { FORMAT_NAMES } from '../format/formatNames.ts';
import type { FormatName } from '../format/formats.ts';
import { FORMATS } from '../format/formats.ts';
import { parseOutputs, writeOutputs } from '../format/outputs.ts';
import type { FailOn, Report } from '../format/report.ts';
import { countsOf, fails, sortResults } from '../format/report.ts';
import { printableData } from '../printable.ts';
import type { Terminal } from '../terminal.ts';
import type { ClusterFlags, WorldFlags } from '../world/world.ts';
import { worldIn } from '../world/worldIn.ts';
import type { Explanation } from './explanation.ts';
import { explanationOf } from './explanation.ts';
import { explanationText } from './explanationText.ts';

export interface ExplainFlags extends WorldFlags, ClusterFlags {
  readonly namespace: string;
  readonly failOn: FailOn;
  readonly output?: readonly string[];
}

/** `drawbridge explain`: who governs a namespace and why, what is held there, what is wrong and what to do. */
export async function explain(paths: readonly string[], flags: ExplainFlags, terminal: Terminal): Promise<ExitCode> {
  const outputs = parseOutputs(flags.output ?? ['table'], FORMAT_NAMES);
  const { world, documents, isLive } = await worldIn(paths, flags, terminal);
  const explanation = explanationOf(world, flags.namespace, isLive);
  if (explanation === undefined) throw new UsageError(`there is no namespace ${flags.namespace}`);
  const placed = explanation.findings.map(({ finding }) => ({ finding, namespace: flags.namespace }));
  const results = sortResults(findingResults(world, placed));
  const subjects = documents.map(documentSubject);
  const report: Report = { command: 'explain', rules: FINDING_RULES, subjects, results, failOn: flags.failOn };
  await writeOutputs(outputs, (name, options) => textOf(name, explanation, report, options), terminal);
  terminal.log(`namespace ${flags.namespace}: objects: ${explanation.objects.length}, found: ${countsOf(results)}`);
  return results.some(({ severity }) => fails(severity, flags.failOn)) ? FOUND : CLEAN;
}

async function textOf(
  format: string,
  explanation: Explanation,
  report: Report,
  options: FormatOptions,
): Promise<string> {
  switch (format) {
    case 'table':
    case 'wide':
      return explanationText(explanation, format === 'wide', options);
    case 'json':
      return `${JSON.stringify(dataOf(explanation), undefined, 2)}\n`;
    case 'yaml': {
      const { stringify } = await import('yaml');
      return stringify(dataOf(explanation), { lineWidth: 0, aliasDuplicateObjects: false });
    }
    default:
      return FORMATS[format as FormatName](report, options);
  }
}

const dataOf = ({ findings, ...rest }: Explanation): unknown =>
  printableData({
    ...rest,
    findings: findings.map(({ finding: { ref, ...finding }, means, fix }) => ({ ...finding, object: ref, means, fix })),
  });
