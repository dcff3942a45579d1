import { policyName, policyObject } from '../../operator/auditPolicy/objects.ts';
import { objectOf } from '../../operator/objectOf.ts';
import type { ExitCode } from '../exitCodes.ts';
import { CLEAN, FOUND, UsageError } from '../exitCodes.ts';
import { parseOutputs, writeOutputs } from '../format/outputs.ts';
import type { Terminal } from '../terminal.ts';
import { compileBaselines, readAuditDocuments } from './compileBaselines.ts';
import { COMPILED_FORMATS } from './compiledFormats.ts';

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
  const read = await readAuditDocuments(paths, terminal);
  if (read.baselines.length + read.refused.length === 0) throw new UsageError(NOTHING);
  const compiled = compileBaselines(read, terminal);
  if (compiled === undefined) return FOUND;
  const { text, hash } = compiled;
  await writeOutputs(
    outputs,
    (format) => (format === 'policy' ? text : configMap(text, hash, flags.namespace)),
    terminal,
  );
  terminal.log(`ConfigMap ${flags.namespace}/${policyName(hash)}, sha256 ${hash}`);
  return CLEAN;
}

const NOTHING = 'there is nothing to compile: name a file that holds a SecurityBaseline with an audit section';

async function configMap(policy: string, hash: string, namespace: string): Promise<string> {
  const { stringify } = await import('yaml');
  const ref = { kind: 'ConfigMap', namespace, name: policyName(hash) };
  return stringify(objectOf(ref, policyObject(policy)), { lineWidth: 0 });
}
