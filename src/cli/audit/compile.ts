import { marked } from '../../audit/compile/mark.ts';
import { publicationOf } from '../../audit/compile/publication.ts';
import { policyText } from '../../audit/policyText.ts';
import { record } from '../../k8s/json.ts';
import { sha256 } from '../../kube/sha256.ts';
import { policyName, policyObject } from '../../operator/auditPolicy/objects.ts';
import { objectOf } from '../../operator/objectOf.ts';
import { OLDEST_MINOR } from '../../operator/requireVersion.ts';
import type { ExitCode } from '../exitCodes.ts';
import { CLEAN, FOUND, UsageError } from '../exitCodes.ts';
import type { ManifestDocument } from '../files/documents.ts';
import { documentsOf } from '../files/documents.ts';
import { readSources } from '../files/sourceFile.ts';
import { parseOutputs, writeOutputs } from '../format/outputs.ts';
import type { Result } from '../format/report.ts';
import { sortResults } from '../format/report.ts';
import { printable } from '../printable.ts';
import type { Terminal } from '../terminal.ts';
import { COMPILED_FORMATS } from './compiledFormats.ts';
import { findingOf, mistakeOf, readSectionOf, SECTION_PATH, unreadable } from './lintDocument.ts';
import { baselineName, sourcesIn } from './sources.ts';
import { mayBeMeant, targetOf } from './targets.ts';

export interface CompileFlags {
  readonly namespace: string;
  readonly output?: readonly string[];
}

/** `drawbridge audit compile`: the policy that the operator would publish for the baselines in files. */
export async function auditCompile(
  paths: readonly string[],
  flags: CompileFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const outputs = parseOutputs(flags.output ?? ['policy'], COMPILED_FORMATS);
  const { baselines, broken } = await readBaselines(paths, terminal);
  const mistakes = [...broken, ...baselines.flatMap((document) => mistakesIn(document, baselines))];
  if (baselines.length + broken.length === 0) throw new UsageError(NOTHING);
  if (mistakes.length > 0) return refuse(mistakes, terminal);
  const sources = sourcesIn(baselines);
  const { policy, findings } = publicationOf(sources, {});
  const said = baselines.flatMap((document) =>
    (findings.get(baselineName(document)) ?? []).map((finding) => findingOf(document, finding, SECTION_PATH)),
  );
  if (said.some(({ severity }) => severity === 'error')) return refuse(said, terminal);
  for (const result of sortResults(said)) terminal.log(lineOf(result));
  for (const { baseline, active } of sources) if (!active) terminal.log(`${printable(baseline)}: ${NOT_ACTIVE}`);
  if (policy === undefined) throw new UsageError(NONE_ACTIVE);
  const text = policyText(marked(policy, sha256).policy);
  const hash = sha256(text);
  const textOf = (format: string) => (format === 'policy' ? text : configMap(text, hash, flags.namespace));
  await writeOutputs(outputs, textOf, terminal);
  terminal.log(`ConfigMap ${flags.namespace}/${policyName(hash)}, sha256 ${hash}`);
  return CLEAN;
}

function refuse(results: readonly Result[], terminal: Terminal): ExitCode {
  for (const result of sortResults(results)) terminal.log(lineOf(result));
  terminal.log('nothing is written: the operator would leave out what is refused, and publish the rest');
  return FOUND;
}

const NOTHING = 'there is nothing to compile: name a file that holds a SecurityBaseline with an audit section';
const NOT_ACTIVE = 'it only audits or is suspended, so its audit section is no part of the policy';
const NONE_ACTIVE = 'nothing would be published: no baseline here enforces its audit section';

interface Baselines {
  readonly baselines: ManifestDocument[];
  /** What may have been one. */
  readonly broken: Result[];
}

async function readBaselines(paths: readonly string[], terminal: Terminal): Promise<Baselines> {
  const read: Baselines = { baselines: [], broken: [] };
  for await (const source of readSources(paths, terminal)) {
    for (const document of documentsOf(source)) {
      if (document.type === 'broken') {
        if (document.isNamed || mayBeMeant(document.text)) read.broken.push(unreadable(document));
      } else if (targetOf(document) === 'baseline') read.baselines.push(document);
    }
  }
  return read;
}

/** What keeps a server from taking the section, or us from knowing which is meant. */
function mistakesIn(document: ManifestDocument, all: readonly ManifestDocument[]): readonly Result[] {
  const { enforcement, suspend } = record(record(document.value).spec);
  const name = baselineName(document);
  const mistakes = [
    ...readSectionOf(document, OLDEST_MINOR).mistakes,
    ...(name === '' ? [{ path: 'metadata.name', message: 'it is required: name the baseline' }] : []),
    ...(all.find((one) => baselineName(one) === name) === document
      ? []
      : [{ path: 'metadata.name', message: `there is a baseline ${name} before it: leave one` }]),
    ...(enforcement === 'Enforce' || enforcement === 'Audit'
      ? []
      : [{ path: 'spec.enforcement', message: 'it is required: write Enforce or Audit' }]),
    ...(suspend === undefined || typeof suspend === 'boolean'
      ? []
      : [{ path: 'spec.suspend', message: 'write true or false' }]),
  ];
  return mistakes.map((mistake) => mistakeOf(document, 'invalid-section', mistake));
}

const lineOf = ({ severity, file, position, rule, message }: Result): string =>
  `${severity}: ${file}:${position.line}:${position.column}: ${message} (${rule})`;

async function configMap(policy: string, hash: string, namespace: string): Promise<string> {
  const { stringify } = await import('yaml');
  const ref = { kind: 'ConfigMap', namespace, name: policyName(hash) };
  return stringify(objectOf(ref, policyObject(policy)), { lineWidth: 0 });
}
