import { asciiLine } from '../../audit/asciiYaml.ts';
import type { Approval } from '../../audit/propose/proposal.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { logNotes, subjectNotes } from './proposalNotes.ts';
import type { ProposalOutput, ProposeInput } from './proposed.ts';
import { annotated, objectYaml } from './proposedYaml.ts';

/**
 * Manifests that `kubectl apply -f` takes, with what they rest on in comments. What needs approval is all comment, so that
 * nobody applies it by applying the file.
 */
export function proposalYaml(input: ProposeInput, outputs: readonly ProposalOutput[]): string {
  const documents = outputs.flatMap((output) => subjectDocuments(output));
  return [commented(logNotes(input)), ...documents].join('---\n');
}

function subjectDocuments(output: ProposalOutput): readonly string[] {
  const { proposal, objects, approved, toApprove, open } = output;
  const grants = (output.grants ?? []).map(({ grant }) => grant);
  const text = (object: KubeObject): string => objectYaml(annotated(object, proposal), proposal.used, grants);
  const live = [...objects, ...approved].map(text);
  const [first = '', ...others] = live;
  const notes = commented(subjectNotes(output));
  const wanting = toApprove.map((object) => commented(['---', ...text(object).trimEnd().split('\n')]));
  const question = open.length === 0 ? '' : commented(['', 'Needs approval:', ...open.map(approvalLine)]);
  return [[notes, first].join(''), ...others, ...(open.length === 0 ? [] : [[question, ...wanting].join('')])];
}

const approvalLine = ({ paths, reasons, namespace }: Approval): string => {
  const where = namespace === '' ? 'in the whole cluster' : `in ${namespace}`;
  const flags = paths.map((path) => `--approve ${path}`).join(' ');
  return `- ${where}: ${reasons.join('; ')}. To grant it: ${flags}`;
};

const commented = (lines: readonly string[]): string =>
  lines.map((line) => `${`# ${asciiLine(line)}`.trimEnd()}\n`).join('');
