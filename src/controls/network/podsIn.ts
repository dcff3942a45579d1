import type { View } from '../../core/control/view.ts';
import type { WorkloadBody } from '../../core/model/bodies.ts';
import { quoteForeign } from '../../core/model/finding.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { Labels } from '../../k8s/object.ts';

/** A pod, or what would make pods: a policy for the pods of a CronJob is right between two runs as well. */
export interface PodLike {
  readonly labels: Labels;
  readonly hostNetwork: boolean;
  /** `Deployment web`: what people know it by, the same for all its pods. */
  readonly workload: string;
}

/** What makes pods, beside what is only made by these itself, or is done. */
export const TEMPLATE_KINDS: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'];
export const POD_KINDS: readonly string[] = ['Pod', ...TEMPLATE_KINDS];

/** More of a kind in a namespace are not looked at one by one (THREATS 6). */
const MAX_PODS = 1000;

/** The pods of a namespace, of those alike one, and of very many the first; undefined while they are not known. */
export const podsIn = (view: View): readonly PodLike[] | undefined =>
  view.knows('Pod') ? unlike([...first(view, 'Pod')]) : undefined;

/** Pods, and the templates of those that do not run at the moment; undefined unless it is all of them. */
export function podsAndTemplatesIn(view: View): readonly PodLike[] | undefined {
  const found = POD_KINDS.map((kind) => (view.knows(kind) ? [...first(view, kind)] : undefined));
  const isAll = found.every((entries) => entries !== undefined && entries.length <= MAX_PODS);
  return isAll ? unlike(found.flatMap((entries) => entries ?? [])) : undefined;
}

/** One more than are looked at, if there are more. */
function* first(view: View, kind: string): Generator<Entry<WorkloadBody>> {
  let count = 0;
  for (const entry of view.liveOf(kind) as Iterable<Entry<WorkloadBody>>) {
    if (count > MAX_PODS) return;
    count += 1;
    yield entry;
  }
}

/** Pods of one template have the same labels, and equal labels are one object in a store. */
function unlike(entries: readonly Entry<WorkloadBody>[]): readonly PodLike[] {
  const seen = new Map<Labels, Set<boolean>>();
  return entries.flatMap((entry): readonly PodLike[] => {
    const hostNetwork = entry.body.pods?.hostNetwork;
    const known = seen.get(entry.labels) ?? new Set();
    seen.set(entry.labels, known);
    if (hostNetwork === undefined || known.has(hostNetwork)) return [];
    known.add(hostNetwork);
    return [{ labels: entry.labels, hostNetwork, workload: workloadOf(entry) }];
  });
}

/** A ReplicaSet is named after its Deployment and the hash that its pods bear as a label. */
export function workloadOf({ kind, name, labels, body }: Entry<WorkloadBody>): string {
  const owner = body.owner ?? { kind, name };
  const suffix = `-${labels['pod-template-hash'] ?? ''}`;
  return owner.kind === 'ReplicaSet' && suffix !== '-' && owner.name.endsWith(suffix)
    ? `Deployment ${quoteForeign(owner.name.slice(0, -suffix.length))}`
    : `${owner.kind} ${quoteForeign(owner.name)}`;
}

const MAX_NAMED = 5;

/** At most five workloads by name, each once, in stable order. */
export function namedWorkloads(pods: readonly { readonly workload: string }[]): string {
  const names = [...new Set(pods.map(({ workload }) => workload))].sort();
  const more = names.length - MAX_NAMED;
  return `${names.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
