import type { Identities } from './identities.ts';
import type { AuditPolicy } from './policy.ts';

/** Something in a policy that a server accepts, and that does not do what it seems to. */
export interface LintFinding {
  readonly id: string;
  readonly severity: 'error' | 'warning';
  /** Where, as a JSON path; `rules` where something is missing. */
  readonly path: string;
  /** What happens, and what to write instead. */
  readonly message: string;
}

/** What is known of the server that the policy is for; what is not is not judged. */
export interface LintContext {
  /** Resources and subresources (`pods`, `pods/log`) by API group, from discovery. */
  readonly served?: ReadonlyMap<string, ReadonlySet<string>>;
  /** `--audit-log-mode` or `--audit-webhook-mode`. */
  readonly mode?: 'batch' | 'blocking' | 'blocking-strict';
  /**
   * Who authenticated and who was impersonated, from events of a while that is long enough, recorded under a policy that
   * hides nobody: who is missing from them is taken for somebody who does not authenticate.
   */
  readonly identities?: Identities;
}

/** One mistake that people make. A lint that speaks is right; it may miss what several rules do together. */
export interface Lint {
  readonly id: string;
  readonly severity: LintFinding['severity'];
  /** What it finds, for the docs. */
  readonly summary: string;
  check(policy: AuditPolicy, context: LintContext): readonly Pick<LintFinding, 'path' | 'message'>[];
}
