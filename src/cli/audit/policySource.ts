import { auditRuleOf } from '../../audit/compile/compile.ts';
import { boundsBroken } from '../../audit/compile/keepsBounds.ts';
import { readSection } from '../../audit/compile/section.ts';
import type { AuditPolicy, AuditRule } from '../../audit/policy.ts';
import { record } from '../../k8s/json.ts';
import { UsageError } from '../exitCodes.ts';
import type { ManifestDocument } from '../files/documents.ts';
import type { Terminal } from '../terminal.ts';
import type { AuditDocuments } from './compileBaselines.ts';
import { compileBaselines, readAuditDocuments } from './compileBaselines.ts';
import type { unreadable } from './lintDocument.ts';
import { lintPolicyDocument, readPolicyDocument, SECTION_PATH } from './lintDocument.ts';
import { baselineName, sourcesIn } from './sources.ts';

/** A policy, and where people wrote its rules. */
export interface PolicySource {
  readonly policy: AuditPolicy;
  readonly placeOf: (rule: number) => RulePlace;
}

export interface RulePlace {
  readonly document: ManifestDocument;
  readonly path: string;
  /** Nobody wrote it: every published policy has it. */
  readonly isGiven: boolean;
}

/**
 * The policy of files: of the baselines in them, or one that was written down.
 * @throws UsageError where there is none, or it is not clear which is meant, or it would be refused
 */
export async function policyIn(paths: readonly string[], minor: number, terminal: Terminal): Promise<PolicySource> {
  const read = await readAuditDocuments(paths, terminal);
  const [policy, another] = read.policies;
  if (policy !== undefined && read.baselines.length > 0)
    throw new UsageError('there are baselines and an audit policy: name the files of the one or the other');
  if (another !== undefined)
    throw new UsageError(`there are ${read.policies.length} audit policies: name a file with one`);
  if (policy !== undefined && read.refused.length > 0) throw new UsageError(read.refused.map(lineOf).join('\n'));
  if (policy !== undefined) return written(policy, minor, terminal);
  if (read.baselines.length + read.refused.length === 0) throw new UsageError(NOTHING);
  return ofBaselines(read, terminal);
}

const NOTHING =
  'there is nothing to deliver: name a file that holds a SecurityBaseline with an audit section, or a Policy of audit.k8s.io/v1';

function written(document: ManifestDocument, minor: number, terminal: Terminal): PolicySource {
  const { policy } = readPolicyDocument(document, minor);
  if (policy === undefined) throw new UsageError(lintPolicyDocument(document, { minor }).map(lineOf).join('\n'));
  const broken = boundsBroken(policy);
  if (broken !== undefined) terminal.log(`it is no policy that the operator publishes: ${broken}`);
  const placeOf = (rule: number): RulePlace => ({
    document,
    path: rule < policy.rules.length ? `rules[${rule}]` : 'rules',
    isGiven: false,
  });
  return { policy, placeOf };
}

const lineOf = ({ file, position, message }: ReturnType<typeof unreadable>): string =>
  `${file}:${position.line}:${position.column}: ${message}`;

function ofBaselines(read: AuditDocuments, terminal: Terminal): PolicySource {
  const compiled = compileBaselines(read, terminal);
  if (compiled === undefined) throw new UsageError('there is no policy to deliver');
  const { policy } = compiled;
  const active = new Set(sourcesIn(read.baselines).flatMap((one) => (one.active ? [one.baseline] : [])));
  const documents = read.baselines.filter((document) => active.has(baselineName(document)));
  return { policy, placeOf: (rule) => placeIn(documents, policy.rules[rule]) };
}

/** In the section that asks for the rule, or, as several may and the highest level holds, the first that does. */
function placeIn(documents: readonly ManifestDocument[], rule: AuditRule | undefined): RulePlace {
  const [first] = documents;
  // There is a policy, so some baseline enforces.
  if (first === undefined) throw new Error('a policy of no baseline');
  const text = rule === undefined ? '' : withoutLevel(rule);
  const isLast = text === withoutLevel(auditRuleOf({ level: 'None' }));
  for (const document of documents) {
    const section = readSection(record(record(document.value).spec).audit);
    const index = (section?.rules ?? []).findIndex((one) => withoutLevel(auditRuleOf(one)) === text);
    if (index >= 0) return { document, path: `${SECTION_PATH}.rules[${index}]`, isGiven: false };
    if (isLast && section?.level === rule?.level) return { document, path: `${SECTION_PATH}.level`, isGiven: false };
  }
  return { document: first, path: SECTION_PATH, isGiven: true };
}

/** Of two sections that ask for one thing the higher level is in the policy. */
const withoutLevel = (rule: AuditRule): string => JSON.stringify({ ...rule, level: '' });
