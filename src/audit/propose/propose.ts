import type { EscalationPath } from '../../k8s/rbac/escalationPath.ts';
import { escalationsOf } from '../../k8s/rbac/escalationPaths.ts';
import type { SubjectUsage, Usage, UsageEntry } from '../usage/usage.ts';
import type { Atom } from './atom.ts';
import { scopeOf, withoutCovered } from './atom.ts';
import { confidenceOf } from './confidence.ts';
import { hintOf } from './hint.ts';
import type { Approval, Proposal, ScopedRules } from './proposal.ts';
import { rulesOf } from './rules.ts';
import { sortEntry } from './sort.ts';
import { knownNames, MAX_NAMES, stableNames } from './stableNames.ts';
import { unseenChecks } from './unseenChecks.ts';

export interface ProposeOptions {
  /** So many objects a rule names at most. Default 5. */
  readonly maxNames?: number;
}

/**
 * The smallest roles that allow what `subject` used: each verb, resource, name and path in them was used, a right for the
 * whole cluster only where one was, and nothing that was denied. Undefined: there is no usage of that subject.
 */
export function propose(usage: Usage, subject: string, options: ProposeOptions = {}): Proposal | undefined {
  const observed = usage.subjects.get(subject);
  if (observed === undefined) return undefined;
  const sorted = observed.used.map((entry) => ({ entry, ...sortEntry(entry, subject) }));
  const proposed = sorted.filter(({ type }) => type === 'proposed').map(({ entry }) => entry);
  return {
    subject,
    observed: usage.observed,
    confidence: confidenceOf(usage.observed, observed),
    used: observed.used,
    ...granted(proposed, options.maxNames ?? MAX_NAMES),
    everyones: sorted.filter(({ type }) => type === 'everyones').map(({ entry }) => entry),
    notProposed: sorted.flatMap((one) =>
      one.type === 'notProposed' ? [{ entry: one.entry, reason: one.reason }] : [],
    ),
    ...aside(observed),
    unseen: unseenChecks(proposed),
    dropped: observed.dropped,
  };
}

const aside = ({ denied, refused }: SubjectUsage): Pick<Proposal, 'denied' | 'refused'> => ({
  denied,
  refused: refused.map((entry) => ({ entry, hint: hintOf(entry) })),
});

/** An atom and the escalation paths that it opens. */
interface Judged {
  readonly atom: Atom;
  readonly paths: readonly EscalationPath[];
}

function granted(entries: readonly UsageEntry[], maxNames: number): Pick<Proposal, 'roles' | 'needsApproval'> {
  const judged = entries.map((entry) => judge(entry, entries, maxNames));
  const plain = withoutCovered(judged.filter(({ paths }) => paths.length === 0).map(({ atom }) => atom));
  const risky = judged.filter(({ paths }) => paths.length > 0);
  return { roles: byScope(plain), needsApproval: approvals(risky) };
}

/** What needs approval names its objects even where they may change: it is approved for these. */
function judge(entry: UsageEntry, entries: readonly UsageEntry[], maxNames: number): Judged {
  const { permission } = entry;
  const stable: Atom = { permission, names: stableNames(entry, entries, maxNames) };
  if (permission.type === 'path') return { atom: stable, paths: [] };
  const named: Atom = { permission, names: knownNames(entry) };
  const paths = escalationsOf({ ...permission, names: named.names });
  // Without names it may open paths that the used objects do not: then it is these objects that are proposed.
  const opened = escalationsOf({ ...permission, names: stable.names });
  return paths.length > 0 ? { atom: named, paths } : { atom: opened.length > 0 ? named : stable, paths: [] };
}

const byScope = (atoms: readonly Atom[]): readonly ScopedRules[] =>
  scopesOf(atoms).map((namespace) => ({
    namespace,
    rules: rulesOf(atoms.filter((atom) => scopeOf(atom) === namespace)),
  }));

function approvals(risky: readonly Judged[]): readonly Approval[] {
  const atoms = withoutCovered(risky.map(({ atom }) => atom));
  const pathsOf = new Map(risky.map(({ atom, paths }) => [atom.permission, paths]));
  const idsOf = ({ permission }: Atom): string => unique((pathsOf.get(permission) ?? []).map(({ id }) => id)).join();
  return unique(atoms.map(idsOf)).flatMap((ids) => {
    const same = atoms.filter((atom) => idsOf(atom) === ids);
    const reasons = unique(same.flatMap(({ permission }) => pathsOf.get(permission) ?? []).map(({ reason }) => reason));
    return byScope(same).map((scoped) => ({ ...scoped, paths: ids.split(','), reasons }));
  });
}

const scopesOf = (atoms: readonly Atom[]): readonly string[] => unique(atoms.map(scopeOf));

const unique = (items: readonly string[]): readonly string[] => [...new Set(items)].sort();
