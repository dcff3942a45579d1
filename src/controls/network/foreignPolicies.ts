import type { NetworkSpec } from '../../api/types.ts';
import { defineControl } from '../../core/control/control.ts';
import { reservedNameFindings } from '../../core/control/reservedNames.ts';
import type { View } from '../../core/control/view.ts';
import { isSystemNamespace } from '../../core/govern/systemNamespaces.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Entry } from '../../k8s/entry.ts';
import {
  FOREIGN_POLICIES,
  opensAlone,
  openTogether,
  otherApis,
  otherApisUnknown,
  reachesBlocked,
  tooLarge,
  tooMany,
} from './foreignFindings.ts';
import type { JudgedPolicy } from './judgedPolicy.ts';
import { judgePolicies } from './judgedPolicy.ts';
import type { Direction } from './names.ts';
import { denies } from './names.ts';
import { networkNames } from './networkNames.ts';

/** Policies of others are additive: one of them can undo a deny. They are reported, or removed where the baseline says so. */
export const foreignPolicies = defineControl({
  id: FOREIGN_POLICIES,
  section: 'network',
  stage: 'guard',
  summary:
    'Finds NetworkPolicies of others that undo the deny or reach blockedCidrs; removes them only under foreignPolicies: Remove.',
  reads: ['NetworkPolicy'],
  writes: [],
  facts: ['otherPolicyApis', 'dns', 'apiServer'],
  build: () => ({ wanted: [] }),
  inspect(spec, view) {
    const { written, kept } = networkNames(spec, view);
    const foreign = [...view.liveOf('NetworkPolicy')].filter(({ name }) => !written.has(name));
    const denied = (['Ingress', 'Egress'] as const).filter((direction) => denies(spec, direction));
    const judged = judgePolicies(foreign, denied);
    return {
      findings: [
        ...findingsOf(spec, view, judged, denied),
        ...(foreign.length > judged.length ? [tooMany(view.namespace, foreign.length, judged.length)] : []),
        ...reservedNameFindings(FOREIGN_POLICIES, 'SB-NET-004', 'NetworkPolicy', new Set([...written, ...kept]), view),
      ],
      remove: removable(spec, view, judged, foreign, kept),
    };
  },
});

function findingsOf(
  spec: NetworkSpec,
  view: View,
  judged: readonly JudgedPolicy[],
  denied: readonly Direction[],
): readonly Finding[] {
  const { otherPolicyApis } = view.facts;
  return [
    ...judged.flatMap((policy) => opensAlone(view.namespace, policy)),
    ...denied.flatMap((direction) => openTogether(view.namespace, judged, direction)),
    ...judged.flatMap((policy) => reachesBlocked(view.namespace, policy, spec.blockedCidrs ?? [])),
    ...judged.filter((policy) => policy.tooLarge).map((policy) => tooLarge(view.namespace, policy)),
    ...(otherPolicyApis.known ? [] : [otherApisUnknown(view.namespace, otherPolicyApis.why)]),
    ...(otherPolicyApis.known && otherPolicyApis.value.length > 0
      ? [otherApis(view.namespace, otherPolicyApis.value)]
      : []),
  ];
}

/** Only what opens by itself, only by opt-in, never in the platform's namespaces, never what we keep (THREATS 20). */
function removable(
  spec: NetworkSpec,
  view: View,
  judged: readonly JudgedPolicy[],
  foreign: readonly Entry[],
  kept: ReadonlySet<string>,
): readonly { readonly kind: string; readonly name: string }[] {
  if (spec.foreignPolicies !== 'Remove' || view.terminating || isSystemNamespace(view.namespace, '')) return [];
  const leaving = new Set(foreign.filter(({ deleting }) => deleting).map(({ name }) => name));
  return judged
    .filter(({ name, opens }) => opens.length > 0 && !kept.has(name) && !leaving.has(name))
    .map(({ name }) => ({ kind: 'NetworkPolicy', name }));
}
