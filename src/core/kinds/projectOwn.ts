import { AUDIT_POLICY_NAME, BASELINE_LABEL, CONTROL_LABEL, MANAGED_BY_LABEL, NAME_PREFIX } from '../../api/names.ts';
import type { Projection } from '../../k8s/entry.ts';
import { record, text, textRecord } from '../../k8s/json.ts';
import type { KubeObject, Labels } from '../../k8s/object.ts';
import type { OversizedBody, WholeBody } from '../model/bodies.ts';
import { MAX_OWN_BODY, sizeOf } from './ownBody.ts';

/** Labels and annotations go back in an update (THREATS 2); nobody needs more of either on an object of ours. */
const MAX_METADATA = 16 * 1024;

/** Whether an object is under the reserved prefix. What it is of, only the plan says (THREATS 1). */
export const hasReservedName = (raw: KubeObject): boolean =>
  text(record(record(raw).metadata).name).startsWith(NAME_PREFIX);

/** Keeps an object under our prefix whole, because it is compared whole. */
export function projectOwn(raw: KubeObject, bytes: number): Projection<WholeBody | OversizedBody> {
  const annotations = bounded(textRecord(record(raw.metadata).annotations));
  const labels = bounded(textRecord(record(raw.metadata).labels));
  const whole = contentOf(raw);
  const isOversized = bytes > MAX_OWN_BODY && sizeOf(whole) > MAX_OWN_BODY;
  return { body: isOversized ? { oversizedBytes: bytes } : { whole }, annotations, labels };
}

/** A ConfigMap that holds an audit policy or points to one: whole, whatever its size, for it is compared and kept few. */
export const projectPublished = (raw: KubeObject): Projection<WholeBody> | undefined =>
  text(record(record(raw).metadata).name).startsWith(AUDIT_POLICY_NAME) ? projectWhole(raw) : undefined;

/** A policy or binding of ours at admission: whole, whatever its size, for there are few. */
export const projectAdmission = (raw: KubeObject): Projection<WholeBody> | undefined =>
  hasReservedName(raw) ? projectWhole(raw) : undefined;

function projectWhole(raw: KubeObject): Projection<WholeBody> {
  const { annotations, labels } = record(raw.metadata);
  return {
    body: { whole: contentOf(raw) },
    annotations: bounded(textRecord(annotations)),
    labels: bounded(textRecord(labels)),
  };
}

const OURS: ReadonlySet<string> = new Set([MANAGED_BY_LABEL, BASELINE_LABEL, CONTROL_LABEL]);

/** Everything outside apiVersion, kind, metadata and status. */
export function contentOf(raw: KubeObject): Readonly<Record<string, unknown>> {
  const { apiVersion: _version, kind: _kind, metadata: _metadata, status: _status, ...content } = raw;
  return content;
}

/** As many as fit into `max` characters, ours first and then by key, so that the same object always keeps the same ones. */
export function bounded(entries: Labels, max = MAX_METADATA): Labels {
  let size = 0;
  const kept = Object.entries(entries)
    .sort(([a], [b]) => Number(OURS.has(b)) - Number(OURS.has(a)) || (a < b ? -1 : 1))
    .filter(([key, value]) => {
      const fits = size + key.length + value.length <= max;
      if (fits) size += key.length + value.length;
      return fits;
    });
  return Object.fromEntries(kept);
}
