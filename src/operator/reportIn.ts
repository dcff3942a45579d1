import { BASELINE_REPORT, REPORT_NAME } from '../api/names.ts';
import type { ReportBody } from '../core/model/bodies.ts';
import type { Entry } from '../k8s/entry.ts';
import type { ObjectIndex } from '../k8s/objectIndex.ts';

/** The stored BaselineReport of a namespace; it has one at most, under a fixed name. */
export const reportIn = (index: ObjectIndex, namespace: string): Entry<ReportBody> | undefined =>
  index.get(BASELINE_REPORT.kind, namespace, REPORT_NAME) as Entry<ReportBody> | undefined;
