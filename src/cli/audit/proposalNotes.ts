import type { UnusedGrant } from '../../audit/propose/unused.ts';
import { describePermission } from '../../audit/usage/permission.ts';
import type { UsageEntry } from '../../audit/usage/usage.ts';
import type { PolicyRule } from '../../k8s/policyRule.ts';
import type { ProposalOutput, ProposeInput } from './proposed.ts';

/** What is said about the log as a whole. */
export function logNotes({ usage, poison, older }: ProposeInput): readonly string[] {
  const { observed, events, dropped } = usage;
  return [
    'Least privilege from use: what the audit log shows, and nothing else. Read it before you apply it.',
    observed === undefined
      ? 'No event proves anything.'
      : `Log from ${observed.first} to ${observed.last}, ${events} events.`,
    ...(older > 0 ? [`${older} events are older than --since, and left out.`] : []),
    ...counted('lines are no events', poison.lines),
    ...counted('lines are longer than 16 MiB', poison.tooLong),
    ...(poison.where.length > 0 ? [`The first of these: ${poison.where.join(', ')}.`] : []),
    ...counted('events have a text that is longer than what is kept', dropped.oversized),
    ...counted('uses of rights were not kept, of subjects or rights beyond the limits', dropped.used),
  ];
}

/** What is said about one subject before its roles. */
export function subjectNotes({ proposal, objects, grants = [] }: ProposalOutput): readonly string[] {
  const { subject, confidence, everyones, notProposed, denied, refused, unseen } = proposal;
  const because = confidence.reasons.length > 0 ? `: ${confidence.reasons.join('; ')}` : '';
  return [
    '',
    `${subject}: ${confidence.uses} requests, confidence ${confidence.level}${because}.`,
    ...(objects.length === 0 ? ['It needs no role of its own.'] : []),
    ...section('Every user has these anyway', everyones.map(describeEntry)),
    ...section(
      'Not proposed',
      notProposed.map(({ entry, reason }) => `${describeEntry(entry)}: ${reason}`),
    ),
    ...section('Denied, and never proposed', denied.map(describeEntry)),
    ...section(
      'Authorized and refused all the same',
      refused.map(({ entry, hint }) => `${describeEntry(entry)}: ${hint}`),
    ),
    ...section(
      'The log does not show all',
      unseen.map(({ entry, message }) => `${describeEntry(entry)}: ${message}`),
    ),
    ...section('Granted today', grants.map(describeGrant)),
  ];
}

const MAX_LINES = 10;

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const more = lines.length > MAX_LINES ? [`- and ${lines.length - MAX_LINES} more: see -o json`] : [];
  return [`${title}:`, ...lines.slice(0, MAX_LINES).map((line) => `- ${line}`), ...more];
}

const counted = (what: string, count: number): readonly string[] => (count > 0 ? [`${count} ${what}.`] : []);

function describeEntry({ permission, names, count }: UsageEntry): string {
  const on = names.names.length > 0 ? ` (${names.names.join(', ')}${names.isCut ? ', and others' : ''})` : '';
  return `${describePermission(permission)}${on}, ${count === 1 ? 'once' : `${count} times`}`;
}

function describeGrant({ grant, verdict, unused, wide }: UnusedGrant): string {
  const { binding, role, isShared } = grant;
  const name = binding.namespace === '' ? binding.name : `${binding.namespace}/${binding.name}`;
  const shared = isShared ? ', which others hold too' : '';
  const said = {
    unknown: 'its role is not among --grants, so nothing is known',
    unused: 'nothing of it was used',
    partly: `not used: ${unused.map(describeRule).join('; ')}`,
    used: 'all of it was used',
  }[verdict];
  const stars = wide.length > 0 ? `; more than was used: ${wide.map(describeRule).join('; ')}` : '';
  return `${binding.kind} ${name} of ${role.kind} ${role.name}${shared}: ${said}${stars}`;
}

const describeRule = ({ verbs, apiGroups, resources, resourceNames = [], nonResourceURLs = [] }: PolicyRule): string =>
  [
    verbs.join(','),
    ...(nonResourceURLs.length > 0
      ? nonResourceURLs
      : [[resources?.join(','), apiGroups?.join(',')].filter(Boolean).join('.')]),
    ...(resourceNames.length > 0 ? [`(${resourceNames.join(', ')})`] : []),
  ].join(' ');
