import { GRANTABLE_ROLE } from '../../api/names.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import type { PolicyRule } from '../../k8s/policyRule.ts';
import type { ClusterRoleBody } from '../model/bodies.ts';
import { apiServerFact } from './apiServerFact.ts';
import { CALLER_KINDS, callbacksFact } from './callbacksFact.ts';
import { clusterRolesFact } from './clusterRolesFact.ts';
import { dnsFact } from './dnsFact.ts';
import type { Fact, FactName, Facts } from './facts.ts';
import { OTHER_POLICY_GROUPS } from './otherPolicyApis.ts';

/** The kinds whose objects a fact is read from: a change of one of them may change the fact. */
export const FACT_KINDS: Readonly<Record<FactName, readonly string[]>> = {
  apiServer: ['Service', 'EndpointSlice'],
  dns: ['Service', 'EndpointSlice', 'DaemonSet'],
  grantable: ['ClusterRole'],
  clusterRoles: ['ClusterRole'],
  callbacks: CALLER_KINDS,
  otherPolicyApis: [],
  serverMinor: [],
};

export const FACT_NAMES: readonly FactName[] = [
  'apiServer',
  'dns',
  'grantable',
  'clusterRoles',
  'callbacks',
  'otherPolicyApis',
  'serverMinor',
];

/**
 * What is known about the cluster. A fact that becomes unknown keeps its last known value, marked stale: policies stay as
 * they are and are never opened (DESIGN §2.1, THREATS 11). A fact that says the same as before is the same object, so that
 * callers compare by identity.
 */
export function factsOf(
  index: ObjectIndex,
  /** The names of the API groups the server serves; `undefined` while discovery has not answered. */
  served: readonly string[] | undefined,
  previous: Facts | undefined,
  /** Of its version; `undefined` while it has not said. */
  minor?: number,
): Facts {
  return {
    apiServer: carryOver(apiServerFact(index), previous?.apiServer),
    dns: carryOver(dnsFact(index), previous?.dns),
    grantable: carryOver(grantableFact(index), previous?.grantable),
    clusterRoles: carryOver(clusterRolesFact(index), previous?.clusterRoles),
    callbacks: carryOver(callbacksFact(index), previous?.callbacks),
    otherPolicyApis: carryOver(otherPolicyApisFact(served), previous?.otherPolicyApis),
    serverMinor: carryOver(serverMinorFact(minor), previous?.serverMinor),
  };
}

/** The facts that are not the same as before; all of them when there was no before. */
export const factNamesChanged = (previous: Facts | undefined, next: Facts): readonly FactName[] =>
  FACT_NAMES.filter((name) => previous?.[name] !== next[name]);

/** The aggregated ClusterRole that bounds what baselines may hand out (THREATS 9). */
function grantableFact(index: ObjectIndex): Fact<readonly PolicyRule[]> {
  const role = index.get('ClusterRole', '', GRANTABLE_ROLE) as Entry<ClusterRoleBody> | undefined;
  return role === undefined
    ? { known: false, why: `the ClusterRole ${GRANTABLE_ROLE} is not there` }
    : { known: true, value: role.body.rules ?? [] };
}

const otherPolicyApisFact = (served: readonly string[] | undefined): Fact<readonly string[]> =>
  served === undefined
    ? { known: false, why: 'the API server has not said which groups it serves' }
    : { known: true, value: OTHER_POLICY_GROUPS.filter((group) => served.includes(group)).toSorted() };

const serverMinorFact = (minor: number | undefined): Fact<number> =>
  minor === undefined
    ? { known: false, why: 'the API server has not said its version' }
    : { known: true, value: minor };

function carryOver<T>(next: Fact<T>, previous: Fact<T> | undefined): Fact<T> {
  const fact: Fact<T> = !next.known && previous?.known ? { known: true, value: previous.value, stale: next.why } : next;
  return previous !== undefined && sameJson(fact, previous) ? previous : fact;
}

/** Facts are plain JSON, built with their keys in one order. */
const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
