import type { NetworkSpec } from '../../api/types.ts';
import { defineControl } from '../../core/control/control.ts';
import type { View } from '../../core/control/view.ts';
import type { Finding } from '../../core/model/finding.ts';
import { LINGERS_AFTER_MS } from '../../core/model/lingering.ts';
import { allowsDns } from '../../core/reach/policyShape.ts';
import { matchesSelector } from '../../k8s/selector.ts';
import { allowRules } from './allowRules.ts';
import type { Unisolated } from './isolationFindings.ts';
import {
  bindsNothing,
  egressWithoutDns,
  notIsolated,
  onHostNetwork,
  outliving,
  tooManyToMatch,
} from './isolationFindings.ts';
import { denies } from './names.ts';
import { networkNames } from './networkNames.ts';
import { openRules } from './openRules.ts';
import type { PodLike } from './podsIn.ts';
import { POD_KINDS, podsAndTemplatesIn, podsIn } from './podsIn.ts';
import type { PolicyShape } from './policyShapes.ts';
import { policyShapes } from './policyShapes.ts';
import { closing } from './preflight.ts';

/** Each is a policy by itself, and anybody may make as many as they like. */
const MAX_FINDINGS = 20;
/** Of more it is not asked whether they bind anything. */
const MAX_POLICIES = 100;
/** So often it is asked in one look whether a policy selects a pod: 5,000 policies and 1,000 pods took 4.6 s (THREATS 6). */
const MAX_PAIRS = 50_000;

/**
 * What NetworkPolicies do to the pods that are there: a pod that none isolates, or can bind; a policy that binds no pod; a
 * rule that opens pods to everybody. Says nothing of a namespace in which nothing runs.
 */
export const isolation = defineControl({
  id: 'network.isolation',
  section: 'network',
  stage: 'guard',
  summary:
    'Finds pods that no policy isolates or can bind, policies that bind no pod, rules that open pods to everybody, and egress without DNS.',
  reads: ['NetworkPolicy'],
  writes: [],
  inspects: POD_KINDS,
  facts: ['callbacks'],
  build: () => ({ wanted: [] }),
  inspect(spec, view) {
    const pods = podsIn(view);
    if (pods === undefined) return { findings: [] };
    if (view.terminating) return { findings: lingering(view, pods) };
    const all = podsAndTemplatesIn(view);
    if (pods.length === 0 && all?.length === 0) return { findings: [] };
    const policies = policyShapes(view);
    const bound = pods.filter(({ hostNetwork }) => !hostNetwork);
    return {
      findings: [
        ...isolated(spec, view, policies, bound),
        ...onHostNetwork(
          view.namespace,
          pods.filter(({ hostNetwork }) => hostNetwork),
          spec.blockedCidrs ?? [],
        ),
        ...withoutDns(spec, view, policies, bound),
        ...openRules(spec, view, bound),
        ...inert(spec, view, policies, all ?? []).slice(0, MAX_FINDINGS),
      ],
    };
  },
});

/**
 * Pods that run on though their namespace was deleted long ago (THREATS 17): nothing is put back there any more but what is
 * widened, so that who holds such a pod up keeps what it may reach.
 */
const lingering = ({ namespace, terminatingForMs = 0 }: View, pods: readonly PodLike[]): readonly Finding[] =>
  terminatingForMs > LINGERS_AFTER_MS && pods.length > 0 ? [outliving(namespace, pods.length, terminatingForMs)] : [];

/**
 * Pods that no policy isolates in a direction that the baseline denies. The deny that is about to be written counts where
 * it is written; on trial only what stands does.
 */
function isolated(
  spec: NetworkSpec,
  view: View,
  policies: readonly PolicyShape[],
  pods: readonly PodLike[],
): readonly Finding[] {
  const written = view.claim.acts ? closing(spec, view).defaultDeny : [];
  const asked = spec.defaultDeny.filter((direction) => !written.includes(direction));
  if (asked.length === 0) return [];
  if (policies.length * pods.length > MAX_PAIRS) {
    return [tooManyToMatch(view.namespace, policies.length, pods.length)];
  }
  const open = asked.flatMap((direction): readonly Unisolated[] => {
    const isolating = policies.filter(({ directions }) => directions.includes(direction));
    const found = pods.filter(({ labels }) => !isolating.some((policy) => mayMatch(policy, labels)));
    return found.length === 0 ? [] : [{ direction, pods: found }];
  });
  return notIsolated(view.namespace, open, spec.blockedCidrs ?? []);
}

/** A selector that is not known may select any pod: what is not known is no finding of this kind. */
const mayMatch = ({ selector }: PolicyShape, labels: PodLike['labels']): boolean =>
  selector === undefined || matchesSelector(selector, labels);

/** Pods that cannot ask for a single name, because nobody thought of it. */
function withoutDns(
  spec: NetworkSpec,
  view: View,
  policies: readonly PolicyShape[],
  pods: readonly PodLike[],
): readonly Finding[] {
  if (!denies(spec, 'Egress') || pods.length === 0 || spec.allow?.dns !== undefined) return [];
  const isAllowed =
    policies.some(({ dns }) => dns) || allowRules.build(spec, view).wanted.some(({ body }) => allowsDns(body.spec));
  return isAllowed ? [] : [egressWithoutDns(view.namespace)];
}

/** Of policies of others: a baseline's own are for many namespaces, and need not have a pod in each. */
function inert(
  spec: NetworkSpec,
  view: View,
  policies: readonly PolicyShape[],
  pods: readonly PodLike[],
): readonly Finding[] {
  if (pods.length === 0) return [];
  const { written, kept } = networkNames(spec, view);
  return policies
    .filter(({ name }) => !written.has(name) && !kept.has(name))
    .slice(0, Math.min(MAX_POLICIES, Math.floor(MAX_PAIRS / pods.length)))
    .flatMap(({ name, selector }): readonly Finding[] => {
      if (selector === undefined) return [];
      const selected = pods.filter(({ labels }) => matchesSelector(selector, labels));
      return selected.every(({ hostNetwork }) => hostNetwork)
        ? [bindsNothing(view.namespace, name, selected.length > 0)]
        : [];
    });
}
