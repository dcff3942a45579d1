import { BINDING, POLICY } from '../../controls/admission/compile.ts';
import type { BaselineBody } from '../../core/model/bodies.ts';
import type { AdmissionVerdict } from '../../core/outcome/admissionVerdict.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { Store } from '../../kube/store.ts';
import type { Clock } from '../clock.ts';
import { asks, createAdmissionController, recordedIn } from '../controllers/admission.ts';
import type { ApplyPorts } from '../ports.ts';
import type { Queue } from '../queue.ts';
import { createQueue } from '../queue.ts';
import { admissionCandidates } from './candidates.ts';
import type { AdmissionQuestions } from './obstacle.ts';
import type { AdmissionRepair } from './tell.ts';

export interface KeeperOptions {
  readonly store: Store;
  readonly ports: ApplyPorts;
  readonly clock: Clock;
  readonly ownNamespace: string;
  readonly concurrency: number;
  readonly questions: AdmissionQuestions;
  readonly whoAmI: (signal: AbortSignal) => Promise<{ readonly name: string }>;
  readonly isReleasing: (uid: string) => boolean;
  readonly ensureWatched: (kinds: readonly string[]) => void;
  /** The status of a baseline may have to say something else. */
  readonly onVerdict: (baseline: string) => void;
  readonly onAdmissionRepair: (repair: AdmissionRepair) => void;
}

/** Keeps the policies at admission, with a queue of one key: they are one thing, made of all baselines. */
export interface AdmissionKeeper {
  readonly queue: Queue;
  /** Has watched what it needs, once a baseline that enforces has `admission`, or policies are left of one that had. */
  follow(): void;
  /** What a baseline that is being deleted has not let go of yet. */
  outstanding(baseline: string): readonly string[];
  /** What to say of a baseline: nothing where it has no `admission`, `'pending'` while it was not looked at as it is now. */
  verdict(entry: Entry<BaselineBody>): AdmissionVerdict | 'pending' | undefined;
}

/** The only key of its queue. */
export const ADMISSION = 'admission';
export const ADMISSION_KINDS: readonly string[] = [POLICY, BINDING];

export function createAdmissionKeeper(options: KeeperOptions): AdmissionKeeper {
  const { store, questions, clock, concurrency } = options;
  const verdicts = new Map<string, { readonly generation: number; readonly verdict: AdmissionVerdict }>();
  const candidates = () => admissionCandidates(store, options.isReleasing);
  let self = '';
  const controller = createAdmissionController({
    ports: options.ports,
    ownNamespace: options.ownNamespace,
    candidates,
    isReady: () => ADMISSION_KINDS.every((kind) => store.isSynced(kind)),
    obstacle: questions.obstacle,
    probe: questions.probe,
    self: async (signal) => {
      // A policy that exempts nobody would refuse us.
      self ||= (await options.whoAmI(signal)).name;
      if (self === '') throw new Error('the API server does not say who we are');
      return self;
    },
    onVerdict: ({ baseline, generation }, verdict) => {
      const before = verdicts.get(baseline);
      verdicts.set(baseline, { generation, verdict });
      const isNews = before?.generation !== generation || before.verdict.message !== verdict.message;
      if (isNews) options.onVerdict(baseline);
    },
    onRepair: (ref, live, fields) =>
      options.onAdmissionRepair({
        ref,
        baseline: candidates().find(asks)?.baseline ?? '',
        change: live === undefined ? 'deleted' : 'modified',
        fields,
      }),
  });
  const queue = createQueue(controller, { clock, concurrency });
  let isFollowing = false;
  let hasAsked = false;
  const begin = (): void => {
    if (isFollowing) return;
    isFollowing = true;
    options.ensureWatched(ADMISSION_KINDS);
  };
  return {
    queue,
    follow: () => {
      if (candidates().some(asks)) begin();
      if (isFollowing || hasAsked) return;
      hasAsked = true;
      // No answer, or none to us: whoever asks for admission again is answered then.
      questions.anyLeft().then(
        (left) => (left ? begin() : undefined),
        () => undefined,
      );
    },
    outstanding: (baseline) => (recordedIn(store).has(baseline) ? ['its policies at admission'] : []),
    verdict: ({ name, body }) => {
      if (body.spec.admission === undefined) return undefined;
      const known = verdicts.get(name);
      return known?.generation === body.generation ? known.verdict : 'pending';
    },
  };
}
