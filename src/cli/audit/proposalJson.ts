import type { ProposalOutput, ProposeInput } from './runPropose.ts';

/** All that is known, for programs. */
export const proposalJson = ({ usage, poison, older }: ProposeInput, outputs: readonly ProposalOutput[]): string => {
  const { observed, events, ignored, dropped } = usage;
  const log = { observed, events, older, ignored, dropped, poison };
  const proposals = outputs.map(({ proposal, objects, approved, toApprove, grants }) => ({
    ...proposal,
    objects,
    approved,
    toApprove,
    grants,
  }));
  return `${JSON.stringify({ log, proposals }, null, 2)}\n`;
};
