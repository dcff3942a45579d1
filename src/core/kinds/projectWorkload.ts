import type { Projection } from '../../k8s/entry.ts';
import { integer, list, record, text, textRecord } from '../../k8s/json.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { DaemonSetBody, PodFacts, PodPort, WorkloadBody } from '../model/bodies.ts';
import { isOn, podInput } from '../podSecurity/pod.ts';
import { violationsOf } from '../podSecurity/violations.ts';
import { localDnsOf } from './localDns.ts';
import { bounded } from './projectOwn.ts';

/** What makes pods, by the group it is served in. ReplicaSets and Jobs may be made by another of these. */
const GROUPS: Readonly<Record<string, string>> = {
  Deployment: 'apps',
  StatefulSet: 'apps',
  DaemonSet: 'apps',
  ReplicaSet: 'apps',
  Job: 'batch',
  CronJob: 'batch',
};

const MAX_PORTS = 16;
/** Nobody needs more labels to select pods by, and anybody may make thousands of workloads (THREATS 6). */
const MAX_LABELS = 4 * 1024;

/** A pod that runs, or is still to run; one that has finished holds nothing up any more. */
export function projectPod(raw: KubeObject): Projection<WorkloadBody> | undefined {
  const { phase } = record(record(raw).status);
  if (phase === 'Succeeded' || phase === 'Failed') return undefined;
  const owner = ownerOf(raw);
  const { body, labels } = podsOf(raw);
  return { body: owner === undefined ? body : { owner, ...body }, labels };
}

/** A workload whose template is at `spec.template`. */
export const projectTemplate = (raw: KubeObject): Projection<WorkloadBody> =>
  ownedOr(raw, record(record(raw).spec).template);

/** A Job that is done makes no more pods. */
export const projectJob = (raw: KubeObject): Projection<WorkloadBody> | undefined =>
  list(record(record(raw).status).conditions).some(isDone) ? undefined : projectTemplate(raw);

export const projectCronJob = (raw: KubeObject): Projection<WorkloadBody> =>
  ownedOr(raw, record(record(record(record(raw).spec).jobTemplate).spec).template);

/** Installers label their node-local cache differently (upstream, Kubespray, Helm), but all put it into kube-system. */
export function projectDaemonSet(raw: KubeObject): Projection<DaemonSetBody> {
  const kept = projectTemplate(raw);
  if (text(record(record(raw).metadata).namespace) !== 'kube-system') return kept;
  const localDns = localDnsOf(record(record(record(raw).spec).template).spec);
  return localDns.length === 0 ? kept : { ...kept, body: { ...kept.body, localDns } };
}

/** Deployments keep ten old ReplicaSets each: of what another workload has made only whose it is. */
function ownedOr(raw: KubeObject, template: unknown): Projection<WorkloadBody> {
  const owner = ownerOf(raw);
  return owner === undefined ? podsOf(template) : { body: { owner }, labels: NO_LABELS };
}

const podsOf = (template: unknown): Required<Pick<Projection<WorkloadBody>, 'body' | 'labels'>> => ({
  body: { pods: factsOf(template) },
  labels: bounded(textRecord(record(record(template).metadata).labels), MAX_LABELS),
});

const NO_LABELS = Object.freeze({});

function ownerOf(raw: KubeObject): WorkloadBody['owner'] {
  const references = list(record(record(raw).metadata).ownerReferences).map(record);
  const { apiVersion, kind, name } = references.find(({ controller }) => controller === true) ?? {};
  const group = Object.hasOwn(GROUPS, text(kind)) ? GROUPS[text(kind)] : undefined;
  return group !== undefined && text(apiVersion).startsWith(`${group}/`)
    ? { kind: text(kind), name: text(name) }
    : undefined;
}

const factsOf = (template: unknown): PodFacts => {
  const pod = podInput(template);
  return {
    hostNetwork: isOn(pod.spec.hostNetwork),
    ports: pod.containers.flatMap(({ fields }) => list(fields.ports).flatMap(portOf)).slice(0, MAX_PORTS),
    violations: violationsOf(pod),
  };
};

function portOf(value: unknown): readonly PodPort[] {
  const { name, protocol, containerPort, hostPort } = record(value);
  const port = integer(containerPort);
  if (port === undefined) return [];
  const read = { name: text(name), protocol: text(protocol) || 'TCP', port };
  const onNode = integer(hostPort);
  return [onNode === undefined || onNode === 0 ? read : { ...read, hostPort: onNode }];
}

const isDone = (value: unknown): boolean => {
  const { type, status } = record(value);
  return (type === 'Complete' || type === 'Failed') && status === 'True';
};
