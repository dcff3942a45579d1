import type { Metrics } from './metrics.ts';
import type { Queue } from './queue.ts';

/** controller-runtime's metrics of one controller and its queue, from what the queue says. */
export function measureQueue(metrics: Metrics, controller: string, queue: Queue, concurrency: number): void {
  const labels = { name: controller, controller };
  let adds = 0;
  let retries = 0;
  for (const result of ['success', 'error', 'requeue', 'requeue_after']) {
    metrics.count('controller_runtime_reconcile_total', { controller, result }, 0);
  }
  metrics.count('controller_runtime_reconcile_errors_total', { controller }, 0);
  metrics.set('controller_runtime_max_concurrent_reconciles', { controller }, concurrency);
  queue.settled$.subscribe(({ result, durationMs, waitedMs }) => {
    metrics.count('controller_runtime_reconcile_total', { controller, result });
    if (result === 'error') metrics.count('controller_runtime_reconcile_errors_total', { controller });
    metrics.observe('controller_runtime_reconcile_time_seconds', { controller }, durationMs / 1000);
    metrics.observe('workqueue_queue_duration_seconds', labels, waitedMs / 1000);
    metrics.observe('workqueue_work_duration_seconds', labels, durationMs / 1000);
  });
  metrics.onScrape(() => {
    const stats = queue.stats();
    metrics.set('controller_runtime_active_workers', { controller }, stats.running);
    metrics.set('workqueue_depth', { ...labels, priority: 'live' }, stats.live);
    metrics.set('workqueue_depth', { ...labels, priority: 'bulk' }, stats.bulk);
    metrics.set('workqueue_longest_running_processor_seconds', labels, stats.longestMs / 1000);
    metrics.count('workqueue_adds_total', labels, stats.adds - adds);
    metrics.count('workqueue_retries_total', labels, stats.retries - retries);
    adds = stats.adds;
    retries = stats.retries;
  });
}
