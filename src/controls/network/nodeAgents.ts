import type { View } from '../../core/control/view.ts';
import type { WorkloadBody } from '../../core/model/bodies.ts';
import type { Entry } from '../../k8s/entry.ts';
import { workloadOf } from './podsIn.ts';

export const AGENT_KINDS: readonly string[] = ['Pod', 'DaemonSet'];

/**
 * What runs as a part of the nodes (THREATS 25): on their network, among their processes, or on every node with a piece of
 * their file system. Closing its namespace may take nodes down. Undefined while it is not known what runs.
 */
export function nodeAgentsIn(view: View): readonly string[] | undefined {
  if (!AGENT_KINDS.every((kind) => view.knows(kind))) return undefined;
  const found = new Set<string>();
  for (const kind of AGENT_KINDS) {
    for (const entry of view.liveOf(kind) as Iterable<Entry<WorkloadBody>>) {
      if (isNodeAgent(entry)) found.add(workloadOf(entry));
    }
  }
  return [...found].sort();
}

function isNodeAgent({ kind, body: { pods, owner } }: Entry<WorkloadBody>): boolean {
  if (pods === undefined) return false;
  const breaks = (check: string, field = ''): boolean =>
    pods.violations.some((violation) => violation.check === check && violation.field.startsWith(field));
  const isOnEveryNode = kind === 'DaemonSet' || owner?.kind === 'DaemonSet';
  return pods.hostNetwork || breaks('hostNamespaces', 'spec.hostPID') || (isOnEveryNode && breaks('hostPathVolumes'));
}
