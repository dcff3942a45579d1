import { readPolicy } from '../../audit/readPolicy.ts';
import type { ExitCode } from '../exitCodes.ts';
import { CLEAN, UsageError } from '../exitCodes.ts';
import type { ManifestDocument } from '../files/documents.ts';
import { documentsOf } from '../files/documents.ts';
import { readSources } from '../files/sourceFile.ts';
import { parseOutputs, writeOutputs } from '../format/outputs.ts';
import { printable } from '../printable.ts';
import type { Terminal } from '../terminal.ts';
import { EXPLAIN_FORMATS } from './explainFormats.ts';
import { explanationOf, explanationText } from './explanation.ts';
import { lintPolicyDocument, unreadable } from './lintDocument.ts';
import type { RequestFlags } from './request.ts';
import { requestOfFlags } from './request.ts';
import { targetOf } from './targets.ts';

export interface ExplainFlags extends RequestFlags {
  readonly policy: string;
  readonly kubernetesVersion: number;
  readonly output?: readonly string[];
}

/** `drawbridge audit explain`: how a request is audited, and by which rule. An answer is an answer: it ends with 0. */
export async function auditExplain(flags: ExplainFlags, terminal: Terminal): Promise<ExitCode> {
  const outputs = parseOutputs(flags.output ?? ['text'], EXPLAIN_FORMATS);
  const request = requestOfFlags(flags);
  const document = await policyIn(flags.policy, terminal);
  const minor = flags.kubernetesVersion;
  const { policy } = readPolicy(document.text() ?? '', minor);
  if (policy === undefined) {
    const mistakes = lintPolicyDocument(document, { minor });
    throw new UsageError(
      mistakes.map(({ file, position, message }) => `${file}:${position.line}: ${message}`).join('\n'),
    );
  }
  const explanation = explanationOf(policy, request, printable(document.file), document.positionOf);
  const { stringify } = await import('yaml');
  const texts: Readonly<Record<string, () => string>> = {
    text: () => explanationText(explanation),
    json: () => `${JSON.stringify(explanation, undefined, 2)}\n`,
    yaml: () => stringify(explanation, { lineWidth: 0, aliasDuplicateObjects: false }),
  };
  await writeOutputs(outputs, (format) => texts[format]?.() ?? '', terminal);
  return CLEAN;
}

/** @throws UsageError unless there is one policy that can be read */
async function policyIn(path: string, terminal: Terminal): Promise<ManifestDocument> {
  const policies: ManifestDocument[] = [];
  for await (const source of readSources([path], terminal)) {
    for (const document of documentsOf(source)) {
      if (document.type === 'broken') {
        const { file, position, message } = unreadable(document);
        throw new UsageError(`${file}:${position.line}:${position.column}: ${message}`);
      }
      if (targetOf(document) === 'policy' && document.text() !== undefined) policies.push(document);
    }
  }
  const [policy, ...more] = policies;
  if (policy === undefined) throw new UsageError(`${path}: it holds no Policy of audit.k8s.io/v1`);
  if (more.length > 0) throw new UsageError(`${path}: it holds ${policies.length} policies: name a file with one`);
  return policy;
}
