import type { Queue } from './queue.ts';
import { WAIVERS_AT_ONCE } from './waivers/waiving.ts';

/** Reconciles that may run at once, per controller. Most of the time of one is spent waiting for the API server. */
export const CONCURRENCY = {
  namespaces: 32,
  baselines: 4,
  waivers: WAIVERS_AT_ONCE,
  reports: 4,
  policyReports: 2,
  auditPolicy: 1,
  auditProof: 1,
  admission: 1,
  cluster: 1,
} as const;

/** One for each controller. */
export type Queues = Readonly<Record<keyof typeof CONCURRENCY, Queue>>;
