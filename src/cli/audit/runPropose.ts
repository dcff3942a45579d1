import type { Grant } from '../../audit/propose/grants.ts';
import { grantsOf } from '../../audit/propose/grants.ts';
import { objectsToApprove, proposedObjects } from '../../audit/propose/objects.ts';
import type { Approval, Proposal } from '../../audit/propose/proposal.ts';
import { propose } from '../../audit/propose/propose.ts';
import { unusedGrants } from '../../audit/propose/unused.ts';
import { proposalJson } from './proposalJson.ts';
import { proposalYaml } from './proposalYaml.ts';
import type { ProposalOutput, ProposeInput } from './proposed.ts';

export interface RunProposeOptions {
  readonly output: 'yaml' | 'json';
  /** User names; empty: all that there is usage of. */
  readonly subjects: readonly string[];
  /** Escalation paths whose rights a person has decided to grant. */
  readonly approved: readonly string[];
  readonly maxNames?: number;
}

export interface RunProposeResult {
  readonly output: string;
  /** 0: all is said. 1: something is for people to decide or to look at. */
  readonly exitCode: 0 | 1;
}

/** Proposals from what was read, as text. Pure. Throws a sentence where there is nothing to propose. */
export function runPropose(input: ProposeInput, options: RunProposeOptions): RunProposeResult {
  const { usage, poison } = input;
  const missing = options.subjects.filter((subject) => !usage.subjects.has(subject));
  if (missing.length > 0) throw new Error(unknownSubjects(missing));
  const subjects = options.subjects.length > 0 ? options.subjects : [...usage.subjects.keys()];
  if (subjects.length === 0) {
    throw new Error(
      `no ServiceAccount used anything in ${usage.events} events: name others with --subject, or read more of the log`,
    );
  }
  const grants = input.grants === undefined ? undefined : grantsOf(input.grants);
  const outputs = subjects.flatMap((subject) => {
    const proposal = propose(usage, subject, options);
    if (proposal === undefined) return [];
    const held = grants?.({ name: subject, groups: usage.subjects.get(subject)?.groups ?? [] });
    return [outputOf(proposal, held, options.approved)];
  });
  const isIncomplete = poison.lines + poison.tooLong + usage.dropped.used + usage.dropped.oversized > 0;
  const isOpen = outputs.some(
    ({ open, grants: held = [] }) =>
      open.length > 0 || held.some(({ verdict, wide }) => verdict !== 'used' || wide.length > 0),
  );
  return {
    output: options.output === 'json' ? proposalJson(input, outputs) : proposalYaml(input, outputs),
    exitCode: isIncomplete || isOpen ? 1 : 0,
  };
}

function outputOf(proposal: Proposal, held: readonly Grant[] | undefined, approved: readonly string[]): ProposalOutput {
  const isApproved = ({ paths }: Approval): boolean => paths.every((path) => approved.includes(path));
  const open = proposal.needsApproval.filter((approval) => !isApproved(approval));
  return {
    proposal,
    objects: proposedObjects(proposal),
    approved: objectsToApprove({ ...proposal, needsApproval: proposal.needsApproval.filter(isApproved) }, 'approved'),
    toApprove: objectsToApprove({ ...proposal, needsApproval: open }),
    open,
    grants: held === undefined ? undefined : unusedGrants(held, proposal.used),
  };
}

const unknownSubjects = (names: readonly string[]): string =>
  `the log shows no use by ${names.join(', ')}: a ServiceAccount is written system:serviceaccount:NAMESPACE:NAME, ` +
  'others as they authenticate; or read more of the log';
