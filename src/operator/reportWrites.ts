import type { Governance } from '../core/govern/governance.ts';
import { isUsed } from '../core/govern/governance.ts';
import type { Held } from '../core/govern/held.ts';
import type { Entry } from '../k8s/entry.ts';
import type { KubeObject } from '../k8s/object.ts';
import type { ApplyPorts } from './ports.ts';

/** Nothing governs the namespace, nothing holds it, and nothing of it remains to be pruned: it has no report. */
export const isFree = (governance: Governance, held: Held): boolean =>
  held.length === 0 && !governance.sections.some(isUsed);

/** Creates a report, or puts it in the place of the live one; labels and annotations of others stay. Answers what is stored. */
export async function writeReport(
  ports: ApplyPorts,
  live: Entry | undefined,
  report: KubeObject,
): Promise<Entry | undefined> {
  const answer =
    live === undefined
      ? await ports.writer.create(report)
      : await ports.writer.update({ ...report, metadata: { ...liveMeta(live), ...joined(live, report) } });
  if (answer !== undefined) ports.acknowledge(answer);
  return answer;
}

const liveMeta = ({ uid, resourceVersion, annotations }: Entry): Omit<KubeObject['metadata'], 'name'> => ({
  uid,
  resourceVersion,
  annotations,
});

const joined = (live: Entry, { metadata }: KubeObject): KubeObject['metadata'] => ({
  ...metadata,
  labels: { ...live.labels, ...metadata.labels },
});

export async function removeReport(ports: ApplyPorts, live: Entry): Promise<void> {
  await ports.writer.remove(live, { uid: live.uid });
  ports.acknowledgeDelete(live);
}
