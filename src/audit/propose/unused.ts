import type { PolicyRule } from '../../k8s/policyRule.ts';
import { allows } from '../../k8s/rbac/allows.ts';
import { EVERYONES } from '../../k8s/rbac/everyones.ts';
import type { UsageEntry } from '../usage/usage.ts';
import type { Grant } from './grants.ts';
import { joined, piecesOf } from './pieces.ts';

/** A grant, and what the log shows no use of. How much that says is the confidence of the proposal beside it. */
export interface UnusedGrant {
  readonly grant: Grant;
  /** `unknown`: its role is not among the objects. */
  readonly verdict: 'unused' | 'partly' | 'used' | 'unknown';
  /** Exactly what was not used, as rules. */
  readonly unused: readonly PolicyRule[];
  /** What was used, and grants with a star more than could be used: the proposed roles have what of it was. */
  readonly wide: readonly PolicyRule[];
}

/**
 * What the grants of a subject give beyond what it used. A use counts for each grant that allows it, since the log names
 * one only, by chance: two that overlap both look used, and removing one of them is safe.
 */
export const unusedGrants = (grants: readonly Grant[], used: readonly UsageEntry[]): readonly UnusedGrant[] =>
  grants.filter((grant) => !isEveryonesGrant(grant)).map((grant) => judge(grant, used));

/** Those of the grants that allow what was used, all or some of its times. */
export const grantsFor = (grants: readonly Grant[], entry: UsageEntry): readonly Grant[] =>
  grants.filter((grant) => reaches(grant, entry) && grant.rules?.some((rule) => isUsed(rule, entry)));

const reaches = ({ namespace }: Grant, { permission }: UsageEntry): boolean =>
  namespace === '' || (permission.type === 'resource' && permission.namespace === namespace);

const isEveryonesGrant = ({ binding }: Grant): boolean =>
  binding.kind === 'ClusterRoleBinding' && Object.hasOwn(EVERYONES, binding.name);

function judge(grant: Grant, used: readonly UsageEntry[]): UnusedGrant {
  if (grant.rules === undefined) return { grant, verdict: 'unknown', unused: [], wide: [] };
  const there = used.filter((entry) => reaches(grant, entry));
  const pieces = grant.rules.flatMap(piecesOf);
  const isNeeded = pieces.map((piece) => there.some((entry) => isUsed(piece, entry)));
  const needed = pieces.filter((_, index) => isNeeded[index]);
  const unused = joined(pieces.filter((_, index) => !isNeeded[index]));
  const verdict = unused.length === 0 ? 'used' : needed.length === 0 ? 'unused' : 'partly';
  return { grant, verdict, unused, wide: joined(needed.filter(hasStar)) };
}

/** Of names that were too many to be kept any may have been used. */
function isUsed(piece: PolicyRule, { permission, names }: UsageEntry): boolean {
  if (names.isCut) return allows({ ...piece, resourceNames: [] }, permission, '');
  const seen = names.unnamed > 0 ? [...names.names, ''] : names.names;
  return seen.some((name) => allows(piece, permission, name));
}

const hasStar = ({ verbs, apiGroups = [], resources = [], nonResourceURLs = [] }: PolicyRule): boolean =>
  [...verbs, ...apiGroups, ...resources, ...nonResourceURLs].some((text) => text.includes('*'));
