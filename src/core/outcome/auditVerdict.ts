/** Whether the audit section of a baseline is in the published policy: the condition AuditPolicyPublished. */
export interface AuditVerdict {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  /** Only an edit of the baseline, or a right that somebody grants, helps. */
  readonly stalls: boolean;
}
