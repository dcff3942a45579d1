import type { Finding } from '../../core/model/finding.ts';
import { grouped } from '../../k8s/grouped.ts';
import { describeRef } from '../../k8s/ref.ts';
import type { ExitCode } from '../exitCodes.ts';
import { CLEAN, FOUND, UsageError } from '../exitCodes.ts';
import { documentSubject } from '../findings/documentResults.ts';
import type { PlacedFinding } from '../findings/findingResults.ts';
import { findingResults, isAboutFact } from '../findings/findingResults.ts';
import { FINDING_RULES } from '../findings/help.ts';
import { columns } from '../format/columns.ts';
import type { FormatOptions } from '../format/format.ts';
import type { FormatName } from '../format/formats.ts';
import { FORMATS } from '../format/formats.ts';
import { manifestYaml } from '../format/manifestYaml.ts';
import { parseOutputs, writeOutputs } from '../format/outputs.ts';
import type { Report } from '../format/report.ts';
import { asciiJson } from '../printable.ts';
import type { Terminal } from '../terminal.ts';
import type { ClusterFlags, WorldFlags } from '../world/world.ts';
import { worldIn } from '../world/worldIn.ts';
import { RENDER_FORMATS } from './formats.ts';
import type { Rendered, RenderedNamespace } from './rendered.ts';
import { renderedNamespaces } from './rendered.ts';

export interface RenderFlags extends WorldFlags, ClusterFlags {
  readonly output?: readonly string[];
}

/** `drawbridge render`: what the operator writes into namespaces, as it sends it. */
export async function render(paths: readonly string[], flags: RenderFlags, terminal: Terminal): Promise<ExitCode> {
  const outputs = parseOutputs(flags.output ?? ['yaml'], RENDER_FORMATS);
  const { world, documents } = await worldIn(paths, flags, terminal);
  const namespaces = renderedNamespaces(world, flags.namespace);
  if (namespaces.length === 0) throw new UsageError(NOWHERE);
  const objects = namespaces.flatMap((one) => one.objects).filter(({ withheld }) => withheld === undefined);
  const results = findingResults(world, namespaces.flatMap(leftOut));
  const report: Report = {
    command: 'render',
    rules: FINDING_RULES,
    subjects: documents.map(documentSubject),
    results,
    // What is left out is missing from what was asked for, for whatever reason.
    failOn: 'info',
  };
  await writeOutputs(outputs, (name, options) => textOf(name, objects, report, options), terminal);
  tellOf(namespaces, report, terminal);
  return results.length > 0 ? FOUND : CLEAN;
}

const NOWHERE =
  'there is no namespace to render for: name a file that holds one, or write -n NAMESPACE --namespace-labels KEY=VALUE';

/** Objects that cannot be rendered, as what they rest on is not known. */
const leftOut = ({ decision }: RenderedNamespace): readonly PlacedFinding[] =>
  decision.findings
    .filter((finding) => !finding.shadow && isLeftOut(finding))
    .map((finding) => ({ finding, namespace: decision.namespace.name }));

const isLeftOut = ({ result, reason }: Finding): boolean => result === 'unknown' && isAboutFact(reason);

function textOf(
  format: string,
  objects: readonly Rendered[],
  report: Report,
  options: FormatOptions,
): string | Promise<string> {
  switch (format) {
    case 'yaml':
      return manifestYaml(objects.map(({ object }) => object));
    case 'json':
      return `${asciiJson({ apiVersion: 'v1', kind: 'List', items: objects.map(({ object }) => object) })}\n`;
    case 'table':
    case 'wide':
      return objects.length === 0 ? '' : table(objects, format === 'wide');
    default:
      return FORMATS[format as FormatName](report, options);
  }
}

function table(objects: readonly Rendered[], isWide: boolean): string {
  const head = ['NAMESPACE', 'KIND', 'NAME', 'BASELINE', ...(isWide ? ['CONTROL', 'STAGE'] : [])];
  const rows = objects.map(({ change: { ref, baseline, control, stage } }) => [
    ref.namespace,
    ref.kind,
    ref.name,
    baseline,
    ...(isWide ? [control, stage] : []),
  ]);
  return columns(
    [head, ...rows].map((row) => row.map((text) => ({ text }))),
    (_style, text) => text,
  );
}

function tellOf(namespaces: readonly RenderedNamespace[], { results }: Report, terminal: Terminal): void {
  for (const { file, position, rule, message } of results) {
    terminal.log(`left out: ${file}:${position.line}:${position.column}: ${rule}: ${message}`);
  }
  const withheld = namespaces.flatMap(({ objects }) => objects).filter((one) => one.withheld !== undefined);
  const reasons = grouped(withheld, (one) => one.withheld);
  for (const [reason, some] of reasons) {
    const [first] = some;
    terminal.log(
      `not written (${reason}): ${some.length} objects, such as ${first === undefined ? '' : describeRef(first.change.ref)}`,
    );
  }
  const written = namespaces.flatMap(({ objects }) => objects).length - withheld.length;
  terminal.log(`namespaces: ${namespaces.length}, objects: ${written}`);
}
