import { list, record, textRecord } from '../../k8s/json.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { LabelSelector } from '../../k8s/selector.ts';
import { matchesSelector } from '../../k8s/selector.ts';

/** Gives aggregated ClusterRoles the rules of those that they select, as the controller of Kubernetes does. */
export function aggregated(objects: readonly KubeObject[]): readonly KubeObject[] {
  const roles = objects.filter(({ kind }) => kind === 'ClusterRole');
  return objects.map((object) => {
    const selectors = list(record(object.aggregationRule).clusterRoleSelectors);
    if (object.kind !== 'ClusterRole' || selectors.length === 0) return object;
    const parts = roles.filter(
      (role) => role !== object && selectors.some((one) => selects(one, textRecord(role.metadata.labels))),
    );
    // Rules that a file gives to such a role are those that a server has put there, and go when it looks again.
    return parts.length === 0 ? object : { ...object, rules: parts.flatMap(({ rules }) => list(rules)) };
  });
}

const selects = (selector: unknown, labels: Readonly<Record<string, string>>): boolean =>
  matchesSelector(record(selector) as LabelSelector, labels);
