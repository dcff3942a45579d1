import { list, record } from '../../k8s/json.ts';
import type { LintFinding } from '../lint.ts';
import { lintPolicy } from '../lintPolicy.ts';
import type { AuditPolicy } from '../policy.ts';
import { policyText } from '../policyText.ts';
import { auditRuleOf, compilePolicy, sortedResources } from './compile.ts';
import type { AuditSection, SectionResources } from './section.ts';

/** The section of one baseline. */
export interface AuditSource {
  readonly baseline: string;
  readonly uid: string;
  readonly section: AuditSection;
  /** It enforces and is not suspended. Otherwise its section stays as it was published last. */
  readonly active: boolean;
}

/** What is to be published, and what is not. */
export interface Publication {
  /** Undefined: nobody who enforces asks for one, and what is published stays. */
  readonly policy: AuditPolicy | undefined;
  /** The sections that it was made from, by the uid of their baseline. */
  readonly sections: AuditSections;
  /** What the lints say of each active section, by the uid of its baseline; an error among them keeps it out. */
  readonly findings: ReadonlyMap<string, readonly LintFinding[]>;
}

export type AuditSections = Readonly<Record<string, AuditSection>>;

/** A ConfigMap holds 1 MiB in all, and an API server reads its policy for every request. */
export const MAX_POLICY_CHARS = 200_000;

/**
 * Joins the sections of all baselines. One that lints badly is left out, and its last good form, as it was published, stays
 * in its place; so does the one of a baseline that only audits by now. `published`: the sections of the policy that stands.
 */
export function publicationOf(sources: readonly AuditSource[], published: AuditSections): Publication {
  const findings = new Map(
    sources.filter(({ active }) => active).map(({ uid, section }) => [uid, sectionFindings(section)] as const),
  );
  const used = sources.flatMap(({ uid, section, active }) => {
    const good = active && findings.get(uid)?.some(isError) !== true ? section : published[uid];
    return good === undefined ? [] : [[uid, good] as const];
  });
  const enforces = sources.some(({ active, uid }) => active && used.some(([one]) => one === uid));
  const policy = enforces ? compilePolicy(used.map(([, section]) => section)) : undefined;
  return { policy, sections: Object.fromEntries(used), findings };
}

export const isError = ({ severity }: LintFinding): boolean => severity === 'error';

/** What the lints say of a section, with paths into it. */
export function sectionFindings(section: AuditSection): readonly LintFinding[] {
  const policy = compilePolicy([section]);
  const length = policyText(policy).length;
  const tooLarge: LintFinding = {
    id: 'too-large',
    severity: 'error',
    path: 'rules',
    message: `the policy has ${length} characters, and a server reads it for every request: keep it below ${MAX_POLICY_CHARS}`,
  };
  const linted = lintPolicy(policy).map((finding) => ({
    ...finding,
    path: sectionPath(finding.path, policy, section),
  }));
  return length > MAX_POLICY_CHARS ? [tooLarge, ...linted] : linted;
}

/** A path into the compiled policy as one into the section, where the rule is of the section. */
function sectionPath(path: string, policy: AuditPolicy, section: AuditSection): string {
  const [, at, rest = ''] = /^rules\[(\d+)\](.*)$/.exec(path) ?? [];
  if (at === undefined) return path;
  const compiled = policy.rules[Number(at)];
  const text = JSON.stringify(compiled);
  const index = section.rules.findIndex((rule) => JSON.stringify(auditRuleOf(rule)) === text);
  return index < 0 ? 'level' : `rules[${index}]${writtenPath(rest, compiled, section.rules[index])}`;
}

/** Lists are sorted in what is compiled: an entry's path, as it was written. */
function writtenPath(path: string, compiled: unknown, written: unknown): string {
  const [, field = '', at, rest = ''] = /^\.(\w+)\[(\d+)\](.*)$/.exec(path) ?? [];
  if (at === undefined) return path;
  const entry = list(record(compiled)[field])[Number(at)];
  const before = list(record(written)[field]);
  const index = before.findIndex((one) => asCompiled(one) === JSON.stringify(entry));
  return index < 0 ? `.${field}` : `.${field}[${index}]${writtenPath(rest, entry, before[index])}`;
}

/** A text is itself, an object one of a rule's `resources`. */
const asCompiled = (one: unknown): string =>
  JSON.stringify(typeof one === 'string' ? one : sortedResources(one as SectionResources));
