import { grantsFor } from '../../audit/propose/unused.ts';
import type { ProposalOutput, ProposeInput } from './proposed.ts';

/** All that is known, for programs. `grantedBy` has for each of `used`, in its order, the bindings that allow it. */
export const proposalJson = ({ usage, poison, older }: ProposeInput, outputs: readonly ProposalOutput[]): string => {
  const { observed, events, ignored, dropped } = usage;
  const log = { observed, events, older, ignored, dropped, poison };
  const proposals = outputs.map(({ proposal, objects, approved, toApprove, grants }) => ({
    ...proposal,
    objects,
    approved,
    toApprove,
    grants,
    grantedBy:
      grants &&
      proposal.used.map((entry) =>
        grantsFor(
          grants.map(({ grant }) => grant),
          entry,
        ).map(({ binding }) => binding),
      ),
  }));
  return `${JSON.stringify({ log, proposals }, null, 2)}\n`;
};
