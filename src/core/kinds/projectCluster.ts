import { REPORT_NAME } from '../../api/names.ts';
import type {
  BaselineReportBody,
  BaselineWaiverSpec,
  BaselineWaiverStatus,
  SecurityBaselineSpec,
  SecurityBaselineStatus,
} from '../../api/types.ts';
import type { Projection } from '../../k8s/entry.ts';
import { integer, record, text } from '../../k8s/json.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { BaselineBody, NamespaceBody, ReportBody, WaiverBody } from '../model/bodies.ts';

export function projectNamespace(raw: KubeObject): Projection<NamespaceBody> {
  const { creationTimestamp, deletionTimestamp } = record(record(raw).metadata);
  const createdAt = text(creationTimestamp);
  const deletedAt = text(deletionTimestamp);
  return { body: deletedAt === '' ? { createdAt } : { createdAt, deletedAt } };
}

export const projectBaseline = (raw: KubeObject): Projection<BaselineBody> =>
  projectDeclared<SecurityBaselineSpec, SecurityBaselineStatus>(raw);

export const projectWaiver = (raw: KubeObject): Projection<WaiverBody> =>
  projectDeclared<BaselineWaiverSpec, BaselineWaiverStatus>(raw);

/** The API server has validated the spec against our schema: what it serves has this shape. */
function projectDeclared<Spec, Status>(raw: KubeObject) {
  const { metadata, spec, status } = record(raw);
  const { generation, creationTimestamp } = record(metadata);
  return {
    body: {
      generation: integer(generation) ?? 0,
      createdAt: text(creationTimestamp),
      spec: record(spec) as unknown as Spec,
      status: status === undefined || status === null ? undefined : (record(status) as Status),
    },
  };
}

/** Reports of other names are nobody's. */
export function projectReport(raw: KubeObject): Projection<ReportBody> | undefined {
  const { apiVersion: _version, kind: _kind, metadata, ...report } = record(raw);
  if (text(record(metadata).name) !== REPORT_NAME) return undefined;
  return { body: { report: report as unknown as BaselineReportBody } };
}
