import type { Facts } from '../core/facts/facts.ts';
import type { AdmissionKeeper, KeeperOptions } from './admission/keeper.ts';
import { ADMISSION, ADMISSION_KINDS, createAdmissionKeeper } from './admission/keeper.ts';
import type { Publisher, PublisherOptions } from './auditPolicy/publisher.ts';
import { AUDIT_POLICY, createPublisher } from './auditPolicy/publisher.ts';
import { CONCURRENCY } from './concurrency.ts';
import type { Governances } from './governances.ts';
import type { Posture, PostureOptions } from './posture/posture.ts';
import { CLUSTER, createPosture } from './posture/posture.ts';
import type { Queue } from './queue.ts';

type Made = 'concurrency' | 'facts' | 'isReleasing' | 'onVerdict' | 'questions' | 'whoAmI';

export type ClusterWideOptions = Omit<PublisherOptions & PostureOptions & KeeperOptions, Made> & {
  readonly admission: KeeperOptions['questions'];
};

/** What is made of all baselines, or looked at for them, whatever namespaces they select. */
export interface ClusterWide {
  readonly publisher: Publisher;
  readonly admission: AdmissionKeeper;
  readonly posture: Posture;
  readonly queues: Publisher['queues'] & { readonly admission: Queue; readonly cluster: Queue };
  /** Has watched what the baselines ask for. */
  follow(): void;
  /** A kind is known whole. */
  listed(kind: string): void;
}

export function createClusterWide(
  options: ClusterWideOptions,
  governances: Governances,
  facts: () => Facts,
  onVerdict: (baseline: string) => void,
): ClusterWide {
  const publisher = createPublisher({ ...options, concurrency: CONCURRENCY.auditPolicy, onVerdict });
  const posture = createPosture({ ...options, facts, concurrency: CONCURRENCY.cluster, onVerdict });
  const admission = createAdmissionKeeper({
    ...options,
    concurrency: CONCURRENCY.admission,
    questions: options.admission,
    whoAmI: options.proof.whoAmI,
    isReleasing: governances.isReleasing,
    onVerdict,
  });
  return {
    publisher,
    admission,
    posture,
    queues: { ...publisher.queues, admission: admission.queue, cluster: posture.queue },
    follow: () => {
      for (const part of [publisher, admission, posture]) part.follow();
    },
    listed: (kind) => {
      if (kind === 'ConfigMap') publisher.queues.auditPolicy.add(AUDIT_POLICY, 'live');
      if (ADMISSION_KINDS.includes(kind)) admission.queue.add(ADMISSION, 'live');
      if (posture.reads(kind)) posture.queue.add(CLUSTER, 'live');
    },
  };
}
