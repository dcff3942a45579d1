import { AUDIT_POLICY_NAME } from '../../api/names.ts';
import { boundsBroken } from '../../audit/compile/keepsBounds.ts';
import { isError, MAX_POLICY_CHARS } from '../../audit/compile/publication.ts';
import { lintPolicy } from '../../audit/lintPolicy.ts';
import { readPolicy } from '../../audit/readPolicy.ts';
import { record, text } from '../../k8s/json.ts';
import { sha256 } from '../../kube/sha256.ts';
import type { Refusal } from './nextStep.ts';
import { isSha256 } from './nodeState.ts';

/** The published policy, to be trusted as far as this file goes. */
export interface Published {
  readonly sha256: string;
  readonly text: string;
}

/** What the pointer says. */
export interface Pointer {
  readonly configMap: string;
  readonly sha256: string;
}

const POLICY_KEY = 'policy.yaml';
const NAME_CHARS = 16;

const no = (reason: string, message: string): Refusal => ({ reason, message });

/** @param pointer the ConfigMap `drawbridge-audit-policy`; undefined: there is none */
export function readPointer(pointer: unknown): Pointer | Refusal {
  if (pointer === undefined) return no('NothingPublished', `there is no ConfigMap ${AUDIT_POLICY_NAME}`);
  const data = record(record(pointer).data);
  const hash = text(data.sha256);
  if (!isSha256(hash)) return no('PointerMalformed', `sha256 in ${AUDIT_POLICY_NAME} is no SHA-256 in hexadecimal`);
  const name = `${AUDIT_POLICY_NAME}-${hash.slice(0, NAME_CHARS)}`;
  if (data.configMap !== name) {
    return no('PointerMalformed', `${AUDIT_POLICY_NAME} names another ConfigMap than ${name}, which its sha256 names`);
  }
  return { configMap: name, sha256: hash };
}

/**
 * Whether a published ConfigMap holds the policy that the pointer names, and one that may be handed to a server of that
 * minor version. Nobody's word is taken for it (THREATS 22): who can write that ConfigMap could else turn auditing off.
 */
export function judge(pointer: Pointer, configMap: unknown, minor: number): Published | Refusal {
  const policy = record(record(configMap).data)[POLICY_KEY];
  if (typeof policy !== 'string') return no('PolicyMissing', `${pointer.configMap} has no ${POLICY_KEY}`);
  if (policy.length > MAX_POLICY_CHARS) {
    return no('PolicyTooLarge', `the policy has ${policy.length} characters, and may have ${MAX_POLICY_CHARS}`);
  }
  const hash = sha256(policy);
  if (hash !== pointer.sha256) return no('HashMismatch', `the policy in ${pointer.configMap} has the SHA-256 ${hash}`);
  const read = readPolicy(policy, minor);
  if (read.policy === undefined) {
    const [first] = read.mistakes;
    return no(
      'PolicyInvalid',
      `a server of 1.${minor} must not have it: ${first?.path ?? ''}: ${first?.message ?? ''}`,
    );
  }
  const broken = boundsBroken(read.policy);
  if (broken !== undefined) return no('BoundsBroken', broken);
  const bad = lintPolicy(read.policy).find(isError);
  if (bad !== undefined) return no('LintError', `${bad.path}: ${bad.message} (${bad.id})`);
  return { sha256: hash, text: policy };
}

export const isRefusal = (value: Pointer | Published | Refusal): value is Refusal => 'reason' in value;

/** Why a text is none that a server of that version starts with, as it is read here; undefined: it is one. */
export const mistakeIn = (policy: string, minor: number): string | undefined => {
  const [first] = readPolicy(policy, minor).mistakes;
  return first === undefined ? undefined : `${first.path === '' ? '' : `${first.path}: `}${first.message}`;
};
