import type { Approval, Proposal } from '../../audit/propose/proposal.ts';
import type { UnusedGrant } from '../../audit/propose/unused.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { LogUsage } from './readUsage.ts';

/** What a run has read. */
export interface ProposeInput extends LogUsage {
  /** Undefined: none were given, so nothing is said about grants. */
  readonly grants: readonly KubeObject[] | undefined;
}

/** A proposal, the objects that it comes to, and what of the subject's grants it would replace. */
export interface ProposalOutput {
  readonly proposal: Proposal;
  readonly objects: readonly KubeObject[];
  readonly approved: readonly KubeObject[];
  readonly toApprove: readonly KubeObject[];
  readonly open: readonly Approval[];
  readonly grants: readonly UnusedGrant[] | undefined;
}
