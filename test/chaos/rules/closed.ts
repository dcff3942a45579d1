import type { AnyObject } from '../../support/kubeAdmin.ts';
import type { Duty } from '../duty.ts';
import { DENY, dutyOf, enforces, selects } from '../duty.ts';
import { replay } from '../history.ts';
import type { Violation } from '../observation.ts';
import type { Snapshot } from '../snapshot.ts';
import { ofKind } from '../snapshot.ts';

/**
 * Looks by hand at what must stand: nothing here comes from the operator's code, so that the oracle is no circle. The
 * names and contents are those of the docs.
 */
export function closedViolations(snapshot: Snapshot): readonly Violation[] {
  const past = replay([snapshot], [], () => undefined);
  return ofKind(snapshot, 'Namespace')
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .flatMap((namespace) => {
      const duty = dutyOf(past, namespace.metadata.name);
      const policies = ofKind(snapshot, 'NetworkPolicy', namespace.metadata.name);
      // Where nothing enforces, what is there is left, and nothing is added: that, the audit log proves.
      if (duty === undefined) return [];
      return [
        ...denyOf(duty, namespace, policies),
        ...rulesIn(duty, namespace, policies),
        ...roleIn(snapshot, namespace),
      ];
    });
}

const RULE = 'each governed namespace is closed, by hand-written checks';
const violation = (namespace: AnyObject, name: string, what: string): Violation => ({
  rule: RULE,
  what: `${namespace.metadata.name}/${name}: ${what}`,
  about: { resource: 'networkpolicies', namespace: namespace.metadata.name, name },
});

function denyOf({ baseline, directions }: Duty, namespace: AnyObject, policies: readonly AnyObject[]) {
  const deny = policies.find(({ metadata }) => metadata.name === DENY);
  if (deny === undefined) return [violation(namespace, DENY, `is missing, though ${baseline.metadata.name} governs`)];
  const { labels = {}, ownerReferences = [], finalizers = [], deletionTimestamp } = deny.metadata;
  const wrong = [
    JSON.stringify(deny.spec.podSelector) !== '{}' && 'does not select all pods',
    deny.spec.policyTypes.toSorted().join() !== [...directions].toSorted().join() && `denies ${deny.spec.policyTypes}`,
    (deny.spec.ingress ?? deny.spec.egress) !== undefined && 'has rules',
    labels['drawbridge.dev/baseline'] !== baseline.metadata.name && `says ${labels['drawbridge.dev/baseline']}`,
    labels['app.kubernetes.io/managed-by'] !== 'drawbridge' && 'is not labelled as ours',
    ownerReferences.length > 0 && 'has owners',
    finalizers.length > 0 && 'has finalizers',
    deletionTimestamp !== undefined && 'is being deleted',
  ];
  return wrong.filter((what) => what !== false).map((what) => violation(namespace, DENY, what));
}

/** Our policies are the deny and what the baseline allows, no more and no less. */
function rulesIn({ baseline }: Duty, namespace: AnyObject, policies: readonly AnyObject[]): readonly Violation[] {
  const { allow } = baseline.spec.network;
  const wanted = [
    DENY,
    'drawbridge-allow-same-namespace',
    ...(allow.dns === undefined ? [] : ['drawbridge-allow-dns']),
    ...(allow.apiServer === undefined ? [] : ['drawbridge-allow-api-server']),
    ...allow.rules.map(({ name }: AnyObject['metadata']) => `drawbridge-rule-${name}`),
  ].toSorted();
  const ours = policies
    .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] === 'drawbridge')
    .map(({ metadata }) => metadata.name)
    .toSorted();
  return ours.join() === wanted.join() ? [] : [violation(namespace, DENY, `ours are ${ours}, and should be ${wanted}`)];
}

/** The Role that the baselines of scenarios hand out, where one enforces and selects. */
function roleIn(snapshot: Snapshot, namespace: AnyObject): readonly Violation[] {
  const [role] = ofKind(snapshot, 'Role', namespace.metadata.name).filter(
    (r) => r.metadata.name === 'drawbridge-viewer',
  );
  const isWanted = ofKind(snapshot, 'SecurityBaseline').some(
    (baseline) => enforces(baseline) && baseline.spec.rbac !== undefined && selects(baseline, namespace),
  );
  if (!isWanted) return [];
  const verbs = (role?.rules ?? []).flatMap((rule: AnyObject) => rule.verbs).toSorted();
  const isRight = verbs.join() === 'get,get,list,list,watch' && role?.rules.length === 2;
  return isRight ? [] : [violation(namespace, 'drawbridge-viewer', `the Role allows ${JSON.stringify(role?.rules)}`)];
}
