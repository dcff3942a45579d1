import type { AuditPolicy } from '../policy.ts';
import { atomsOf } from './atoms.ts';
import type { Delivery, Loss } from './delivery.ts';
import { lossesUnder } from './losses.ts';
import type { OpenShiftAudit, Profile } from './openShiftProfiles.ts';
import { openShiftPolicy, PROFILES } from './openShiftProfiles.ts';

/** Each is a copy of a profile's rules, and servers go through them for each request. */
const MAX_CUSTOM_RULES = 32;

/**
 * OpenShift takes no policy but one of four profiles, for all or for members of a group. The plan has the least of them with
 * which nothing is recorded less than the policy says, where any of them does it; what is recorded otherwise is a loss.
 */
export function planOpenShift(policy: AuditPolicy): Delivery {
  const audit = auditFor(policy);
  const losses = lossesUnder(policy, openShiftPolicy(audit));
  return {
    platform: 'openshift',
    verdict: losses.length === 0 ? 'meets' : 'partly',
    manifests: [
      {
        how: 'patch',
        object: {
          apiVersion: 'config.openshift.io/v1',
          kind: 'APIServer',
          metadata: { name: 'cluster' },
          spec: { audit },
        },
      },
    ],
    losses,
    steps: STEPS,
  };
}

const STEPS: readonly string[] = [
  'oc patch apiserver cluster --type merge --patch-file FILE: a merge patch replaces customRules that others set, which come before the profile and may silence a group',
  'wait until condition NodeInstallerProgressing of kubeapiserver/cluster has reason AllNodesAtLatestRevision: one node after the other gets it, which takes minutes; AuditPolicyDegraded says what went wrong',
  'condition AuditEffective stays False: a profile holds no mark of a policy, and records what that of ours leaves out',
];

function auditFor(policy: AuditPolicy): OpenShiftAudit {
  const groups = [...new Set(policy.rules.flatMap(({ userGroups }) => userGroups))].filter((group) => group !== '');
  if (groups.length > MAX_CUSTOM_RULES) return { profile: leastFor(policy.rules, policy), customRules: [] };
  const forAll = policy.rules.filter(({ userGroups }) => userGroups.length === 0);
  const profile = leastFor(forAll, policy);
  const customRules = groups
    .map((group) => {
      const forMembers = policy.rules.filter((rule) => forAll.includes(rule) || rule.userGroups.includes(group));
      return { group, profile: leastFor(forMembers, policy) };
    })
    .filter((one) => rankOf(one.profile) > rankOf(profile))
    // Who is in two groups gets what comes first: it must be the higher.
    .sort((a, b) => rankOf(b.profile) - rankOf(a.profile) || (a.group < b.group ? -1 : 1));
  return { profile, customRules };
}

const rankOf = (profile: Profile): number => PROFILES.indexOf(profile);

/** The least profile with which no more of what rules ask for is missing than with the highest. */
function leastFor(rules: AuditPolicy['rules'], policy: AuditPolicy): Profile {
  const missing = (profile: Profile): readonly string[] =>
    lossesUnder({ ...policy, rules }, openShiftPolicy({ profile, customRules: [] }))
      .filter(({ direction }) => direction === 'laxer')
      .flatMap(keysOf);
  const unavoidable = new Set(missing('AllRequestBodies'));
  return PROFILES.find((profile) => missing(profile).every((key) => unavoidable.has(key))) ?? 'AllRequestBodies';
}

const keysOf = ({ requests, ...rest }: Loss): readonly string[] =>
  requests.flatMap(atomsOf).map((one) => JSON.stringify({ ...rest, requests: one }));
