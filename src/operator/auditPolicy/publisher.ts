import type { BaselineBody } from '../../core/model/bodies.ts';
import type { AuditVerdict } from '../../core/outcome/auditVerdict.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { Store } from '../../kube/store.ts';
import type { Clock } from '../clock.ts';
import { createAuditPolicyController } from '../controllers/auditPolicy.ts';
import type { ApplyPorts } from '../ports.ts';
import type { Queue } from '../queue.ts';
import { createQueue } from '../queue.ts';
import { auditSources } from './sources.ts';

export interface PublisherOptions {
  readonly store: Store;
  readonly ports: ApplyPorts;
  readonly clock: Clock;
  readonly ownNamespace: string;
  readonly concurrency: number;
  readonly ensureWatched: (kinds: readonly string[]) => void;
  /** The status of a baseline may have to say something else. */
  readonly onVerdict: (baseline: string) => void;
  readonly onAuditRepair: (repair: AuditRepair) => void;
}

/** A ConfigMap of ours that somebody changed or deleted, and that is right again. */
export interface AuditRepair {
  readonly name: string;
  readonly namespace: string;
  readonly baseline: string;
  readonly change: 'deleted' | 'modified';
  readonly fields: readonly string[];
}

/** Keeps the published audit policy, with a queue of its own: a key, because it is one policy. */
export interface Publisher {
  readonly queue: Queue;
  /** Has watched what it needs, once a baseline has an audit section. */
  follow(): void;
  /**
   * What to say of a baseline: nothing where it has no audit section, `'pending'` while its section as it is now was not
   * looked at.
   */
  verdict(entry: Entry<BaselineBody>): AuditVerdict | 'pending' | undefined;
}

/** The only key of its queue. */
export const AUDIT_POLICY = 'audit-policy';
const KINDS = ['ConfigMap'];

export function createPublisher(options: PublisherOptions): Publisher {
  const { store, ownNamespace } = options;
  const verdicts = new Map<string, { readonly generation: number; readonly verdict: AuditVerdict }>();
  const sources = () => auditSources(store);
  const controller = createAuditPolicyController({
    ports: options.ports,
    ownNamespace,
    sources,
    isReady: () => store.isSynced('ConfigMap'),
    onVerdict: ({ baseline, generation }, verdict) => {
      verdicts.set(baseline, { generation, verdict });
      options.onVerdict(baseline);
    },
    onRepair: (live, name, fields) =>
      options.onAuditRepair({
        name,
        namespace: ownNamespace,
        baseline: sources()[0]?.baseline ?? '',
        change: live === undefined ? 'deleted' : 'modified',
        fields,
      }),
  });
  const queue = createQueue(controller, { clock: options.clock, concurrency: options.concurrency });
  let isFollowing = false;
  return {
    queue,
    follow: () => {
      if (isFollowing || sources().length === 0) return;
      isFollowing = true;
      options.ensureWatched(KINDS);
    },
    verdict: ({ name, body }) => {
      if (body.spec.audit === undefined) return undefined;
      const known = verdicts.get(name);
      return known?.generation === body.generation ? known.verdict : 'pending';
    },
  };
}
