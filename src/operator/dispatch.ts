import { BASELINE_REPORT, BASELINE_WAIVER, SECURITY_BASELINE } from '../api/names.ts';
import type { Store } from '../kube/store.ts';
import { ADMISSION } from './admission/keeper.ts';
import type { Attention } from './attention.ts';
import { AUDIT_POLICY } from './auditPolicy/publisher.ts';
import type { Queues } from './concurrency.ts';
import type { ReportsController } from './controllers/reports.ts';
import type { PolicyReporting } from './policyReports/reporting.ts';
import { CLUSTER } from './posture/posture.ts';
import type { Trigger } from './router.ts';
import type { Waiving } from './waivers/waiving.ts';

/** What triggers are for. */
export interface Parts {
  readonly attention: Attention;
  readonly waiving: Waiving;
  readonly reporter: ReportsController;
  readonly shared: PolicyReporting;
  readonly store: Store;
  readonly queues: Queues;
}

/** One trigger to the part that it is for. */
export function dispatch(trigger: Trigger, { attention, waiving, reporter, shared, store, queues }: Parts): void {
  switch (trigger.to) {
    case 'drift':
      attention.drift(trigger.namespace);
      break;
    case 'workload':
      attention.workload(trigger.namespace, trigger.kind);
      break;
    case 'namespace':
      attention.namespace(trigger.namespace, trigger.look);
      if (trigger.look) waiving.recount(trigger.namespace);
      break;
    case 'governance':
      attention.governance();
      // Every baseline reads labels, which those with `admission` guard.
      queues.admission.add(ADMISSION, 'live');
      waiving.recount();
      break;
    case 'waiver':
      waiving.changed(trigger.name);
      break;
    case 'baseline':
      queues.baselines.add(trigger.name, 'live');
      break;
    case 'report':
      queues.reports.add(trigger.namespace, 'live');
      break;
    case 'policyReport':
      shared.add(trigger.namespace);
      break;
    case 'facts':
      attention.facts();
      break;
    case 'auditPolicy':
      queues.auditPolicy.add(AUDIT_POLICY, 'live');
      if (reporter.auditTurned()) reportAll(store, queues);
      break;
    case 'admission':
      queues.admission.add(ADMISSION, 'live');
      break;
    case 'cluster':
      queues.cluster.add(CLUSTER, 'live');
      break;
  }
}

/** All that is not looked at because of its namespace. */
export function lookAtAll(store: Store, queues: Queues): void {
  for (const { name } of store.ofKind(SECURITY_BASELINE.kind)) queues.baselines.add(name, 'bulk');
  for (const { name } of store.ofKind(BASELINE_WAIVER.kind)) queues.waivers.add(name, 'bulk');
  reportAll(store, queues);
  queues.auditPolicy.add(AUDIT_POLICY, 'bulk');
  queues.admission.add(ADMISSION, 'bulk');
  queues.cluster.add(CLUSTER, 'bulk');
}

function reportAll(store: Store, queues: Queues): void {
  for (const { namespace } of store.ofKind(BASELINE_REPORT.kind)) queues.reports.add(namespace, 'bulk');
}
