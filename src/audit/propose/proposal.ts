import type { PolicyRule } from '../../k8s/policyRule.ts';
import type { Span, UsageEntry } from '../usage/usage.ts';
import type { Confidence } from './confidence.ts';
import type { Unseen } from './unseenChecks.ts';

/** The rights somebody used, as the smallest roles that allow them, and what they leave out and why. A value. */
export interface Proposal {
  /** A user name, as events have it. */
  readonly subject: string;
  readonly observed: Span | undefined;
  readonly confidence: Confidence;
  /** All that was used: what the rest is made of. */
  readonly used: readonly UsageEntry[];
  /** By namespace; `''` is the ClusterRole, which has only what was asked for across namespaces or has none. */
  readonly roles: readonly ScopedRules[];
  /** Rights by which their holder gets more than they say: used, and still for people to decide on one by one. */
  readonly needsApproval: readonly Approval[];
  /** Used rights that every authenticated user has by the cluster's own bindings. */
  readonly everyones: readonly UsageEntry[];
  readonly notProposed: readonly NotProposed[];
  /** Asked for and denied by the authorizer. Never part of a role, whoever asked and however often. */
  readonly denied: readonly UsageEntry[];
  readonly refused: readonly Refused[];
  /** Beside these the server asks for more than the log shows. */
  readonly unseen: readonly Unseen[];
  /** What was observed and not kept, so that a role may lack it. */
  readonly dropped: number;
}

export interface ScopedRules {
  readonly namespace: string;
  readonly rules: readonly PolicyRule[];
}

export interface Approval extends ScopedRules {
  /** Of the escalation paths (k8s/rbac/escalationPaths.ts). */
  readonly paths: readonly string[];
  /** What the holder can do by it, sentences. */
  readonly reasons: readonly string[];
}

export interface NotProposed {
  readonly entry: UsageEntry;
  readonly reason: string;
}

/** Authorized, and answered 403 all the same. */
export interface Refused {
  readonly entry: UsageEntry;
  /** What may be missing. */
  readonly hint: string;
}
