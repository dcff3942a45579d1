/** Whether the audit section of a baseline is in the published policy: the condition AuditPolicyPublished. */
export interface AuditVerdict {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  /** Only an edit of the baseline, or a right that somebody grants, helps. */
  readonly stalls: boolean;
}

/** Whether API servers record what the published policy says: the condition AuditEffective. */
export interface EffectiveVerdict {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** What is said of the audit section of a baseline. */
export interface AuditVerdicts {
  readonly published: AuditVerdict;
  /** Undefined: nothing was found out yet, and what was said before stays. */
  readonly effective: EffectiveVerdict | undefined;
}
