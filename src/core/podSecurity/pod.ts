import type { JsonRecord } from '../../k8s/json.ts';
import { list, record, text, textRecord } from '../../k8s/json.ts';
import type { Labels } from '../../k8s/object.ts';
import type { Broken } from './broken.ts';

/** A pod, or the template of one, as the checks read it: raw JSON, of which nothing is sure. */
export interface PodInput {
  readonly annotations: Labels;
  readonly spec: JsonRecord;
  readonly securityContext: JsonRecord;
  /** Init, ordinary and ephemeral ones: the checks make no difference (policy/visitor.go). */
  readonly containers: readonly ContainerInput[];
}

export interface ContainerInput {
  readonly name: string;
  readonly fields: JsonRecord;
  readonly securityContext: JsonRecord;
}

/** Reads `{metadata, spec}` of a Pod or of a pod template. Never throws. */
export function podInput(template: unknown): PodInput {
  const { metadata, spec } = record(template);
  const fields = record(spec);
  const { initContainers, containers, ephemeralContainers } = fields;
  return {
    annotations: textRecord(record(metadata).annotations),
    spec: fields,
    securityContext: record(fields.securityContext),
    containers: [...list(initContainers), ...list(containers), ...list(ephemeralContainers)].map((item) => {
      const container = record(item);
      return { name: text(container.name), fields: container, securityContext: record(container.securityContext) };
    }),
  };
}

/** Go reads null as absent. */
export const isUnset = (value: unknown): boolean => value === undefined || value === null;

/** Neither absent nor false: what is no boolean the API server refuses, and it is not taken for harmless here. */
export const isOn = (value: unknown): boolean => !isUnset(value) && value !== false;

export const isWindows = ({ spec }: PodInput): boolean => record(spec.os).name === 'windows';

/** In a user namespace, where root is nobody on the node (KEP-127). */
export const inUserNamespace = ({ spec }: PodInput): boolean => spec.hostUsers === false;

/** What the check finds in one security context: the pod's, and then each container's. */
export const inContexts = (
  pod: PodInput,
  find: (context: JsonRecord) => readonly Omit<Broken, 'container'>[],
): readonly Broken[] => [
  ...find(pod.securityContext).map(({ field, value }) => ({
    container: '',
    field: `spec.securityContext.${field}`,
    value,
  })),
  ...inContainers(pod, ({ securityContext }) =>
    find(securityContext).map(({ field, value }) => ({ field: `securityContext.${field}`, value })),
  ),
];

export const inContainers = (
  pod: PodInput,
  find: (container: ContainerInput) => readonly Omit<Broken, 'container'>[],
): readonly Broken[] =>
  pod.containers.flatMap((container) => find(container).map((broken) => ({ container: container.name, ...broken })));

/** One broken field, or none. */
export const brokenIf = (
  bad: boolean,
  field: string,
  value: unknown,
): readonly { readonly field: string; readonly value: string }[] =>
  bad ? [{ field, value: isUnset(value) ? '' : typeof value === 'string' ? value : JSON.stringify(value) }] : [];

/** The same check, but for Windows, where the API server lets none of these fields be set. */
export const exceptOnWindows =
  (find: (pod: PodInput) => readonly Broken[]) =>
  (pod: PodInput): readonly Broken[] =>
    isWindows(pod) ? [] : find(pod);

/** The same check, but for pods in a user namespace. */
export const exceptInUserNamespaces =
  (find: (pod: PodInput) => readonly Broken[]) =>
  (pod: PodInput): readonly Broken[] =>
    inUserNamespace(pod) ? [] : find(pod);
