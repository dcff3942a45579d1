import type { ProofVerdict } from '../../audit/proof/verdict.ts';
import type { BaselineBody } from '../../core/model/bodies.ts';
import type { AuditVerdict, AuditVerdicts } from '../../core/outcome/auditVerdict.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { Store } from '../../kube/store.ts';
import type { ProofPorts } from '../auditProof/prover.ts';
import { createProver } from '../auditProof/prover.ts';
import type { Clock } from '../clock.ts';
import type { PublishedPolicy } from '../controllers/auditPolicy.ts';
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
  /** Of each of the two queues. */
  readonly concurrency: number;
  readonly proof: ProofPorts;
  readonly ensureWatched: (kinds: readonly string[]) => void;
  /** The status of a baseline may have to say something else. */
  readonly onVerdict: (baseline: string) => void;
  readonly onAuditRepair: (repair: AuditRepair) => void;
  readonly onProof: (verdict: ProofVerdict) => void;
}

/** A ConfigMap of ours that somebody changed or deleted, and that is right again. */
export interface AuditRepair {
  readonly name: string;
  readonly namespace: string;
  readonly baseline: string;
  readonly change: 'deleted' | 'modified';
  readonly fields: readonly string[];
}

/** Keeps the published audit policy, and proves it: each with a queue of its own, of one key, because it is one policy. */
export interface Publisher {
  readonly queues: { readonly auditPolicy: Queue; readonly auditProof: Queue };
  /** Has watched what it needs, once a baseline has an audit section. */
  follow(): void;
  /**
   * What to say of a baseline: nothing where it has no audit section, `'pending'` while its section as it is now was not
   * looked at.
   */
  verdict(entry: Entry<BaselineBody>): AuditVerdicts | 'pending' | undefined;
}

/** Of a baseline whose section is not in the published policy as it is now, whatever is in force. */
const NOT_IN_IT: ProofVerdict = {
  status: 'False',
  reason: 'NotPublished',
  message: 'the section as it is now is not in the published policy: see AuditPolicyPublished',
};

/** The only key of its queue. */
export const AUDIT_POLICY = 'audit-policy';
const KINDS = ['ConfigMap'];

export function createPublisher(options: PublisherOptions): Publisher {
  const { store, ownNamespace } = options;
  const verdicts = new Map<string, { readonly generation: number; readonly verdict: AuditVerdict }>();
  const sources = () => auditSources(store);
  let published: PublishedPolicy | undefined;
  let effective: ProofVerdict | undefined;
  const controller = createAuditPolicyController({
    ports: options.ports,
    ownNamespace,
    sources,
    isReady: () => store.isSynced('ConfigMap'),
    onVerdict: ({ baseline, generation }, verdict) => {
      verdicts.set(baseline, { generation, verdict });
      options.onVerdict(baseline);
    },
    onPublished: (policy) => {
      published = policy;
      auditProof.add(AUDIT_POLICY, 'bulk');
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
  const onProof = (verdict: ProofVerdict): void => {
    const isNew = effective?.status !== verdict.status || effective.message !== verdict.message;
    effective = verdict;
    options.onProof(verdict);
    if (isNew) for (const { baseline } of sources()) options.onVerdict(baseline);
  };
  const { clock, concurrency } = options;
  const prover = createProver({
    clock,
    namespace: ownNamespace,
    ports: options.proof,
    // Nobody asks any more: what is published stays, and is nobody's claim.
    published: () => (sources().length === 0 ? undefined : published),
    onVerdict: onProof,
  });
  const auditPolicy = createQueue(controller, { clock, concurrency });
  const auditProof = createQueue(prover, { clock, concurrency });
  let isFollowing = false;
  return {
    queues: { auditPolicy, auditProof },
    follow: () => {
      if (isFollowing || sources().length === 0) return;
      isFollowing = true;
      options.ensureWatched(KINDS);
    },
    verdict: ({ name, body }) => {
      if (body.spec.audit === undefined) return undefined;
      const known = verdicts.get(name);
      if (known?.generation !== body.generation) return 'pending';
      return { published: known.verdict, effective: known.verdict.status === 'True' ? effective : NOT_IN_IT };
    },
  };
}
