import type { AuditPolicy, AuditRule } from '../policy.ts';
import { policyText } from '../policyText.ts';
import { catchAll } from './bounds.ts';

/**
 * Nothing is served below it. A request for `MARK_PATH` and the mark of a policy is recorded by an API server with that
 * policy, and by no other one: so it can be shown which policy is in force, though no API tells.
 */
export const MARK_PATH = '/drawbridge/audit-policy/';
const MARK_CHARS = 16;

/** Hashes text, as lower-case hexadecimal digits. */
export type Hash = (text: string) => string;

export interface MarkedPolicy {
  readonly policy: AuditPolicy;
  /** 16 hexadecimal digits: of the hash of the policy without it. */
  readonly mark: string;
}

/** Puts the mark of a policy behind its first rule, which is the ceiling: no rule of a section may come before it. */
export function marked(policy: AuditPolicy, hash: Hash): MarkedPolicy {
  const mark = hash(policyText(policy)).slice(0, MARK_CHARS);
  const [ceiling, ...rest] = policy.rules;
  return {
    policy: { ...policy, rules: [...(ceiling === undefined ? [] : [ceiling]), ...markRules(mark), ...rest] },
    mark,
  };
}

const at = (level: AuditRule['level'], path: string): AuditRule => ({
  ...catchAll(level),
  verbs: ['get'],
  nonResourceURLs: [`${MARK_PATH}${path}`],
});

export const markRules = (mark: string): readonly AuditRule[] => [at('Metadata', mark), at('None', '*')];

const MARK = /"\/drawbridge\/audit-policy\/([0-9a-f]{16})"/;

/** The mark in the text of a policy that was published; undefined where there is none. */
export const markIn = (text: string): string | undefined => MARK.exec(text)?.[1];
