import type { AdmissionObject, CompiledAdmission } from '../../controls/admission/compile.ts';
import { BINDING, compileAdmission, POLICY } from '../../controls/admission/compile.ts';
import { labelsReadBy } from '../../controls/admission/namespaceLabels.ts';
import type { AdmissionWish } from '../../controls/admission/wish.ts';
import { admissionWish, baselinesIn, enforces } from '../../controls/admission/wish.ts';
import type { AdmissionVerdict } from '../../core/outcome/admissionVerdict.ts';
import { canonical, diffObject } from '../../core/plan/diff.ts';
import { isOurs } from '../../core/plan/plan.ts';
import type { Entry } from '../../k8s/entry.ts';
import { record } from '../../k8s/json.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import type { ObjectRef } from '../../k8s/ref.ts';
import { keyOf } from '../../k8s/ref.ts';
import { KubeError } from '../../kube/errors.ts';
import type { BaselineCandidate } from '../admission/candidates.ts';
import type { ProofOptions } from '../admission/proof.ts';
import { createAdmissionProof } from '../admission/proof.ts';
import type { Obstacle } from '../admission/verdict.ts';
import { NOT_ENFORCED, notWritten, obstructed, standing } from '../admission/verdict.ts';
import { answerOf } from '../applyChange.ts';
import { objectOf } from '../objectOf.ts';
import type { ApplyPorts } from '../ports.ts';
import type { Work, WorkResult } from '../queue.ts';

export interface AdmissionOptions {
  readonly ports: ApplyPorts;
  readonly ownNamespace: string;
  readonly candidates: () => readonly BaselineCandidate[];
  /** Whether the policies and bindings are known. */
  readonly isReady: () => boolean;
  /** Why they are not. */
  readonly obstacle: () => Promise<Obstacle>;
  /** The user that the operator is, as the API server names it. */
  readonly self: (signal: AbortSignal) => Promise<string>;
  /** What the API server says to what the policies refuse. */
  readonly probe: ProofOptions['probe'];
  /** Hears what is to be said of each baseline with `admission`. */
  readonly onVerdict: (candidate: BaselineCandidate, verdict: AdmissionVerdict) => void;
  /** Hears of what this process wrote, somebody changed, and is right again. */
  readonly onRepair: (ref: ObjectRef, live: Entry | undefined, fields: readonly string[]) => void;
}

/** How often it is asked what stands in the way. */
const ASK_AGAIN_MS = 15_000;

/**
 * Keeps the policies and bindings that the baselines ask for. A policy comes before its binding, which puts it in force, and
 * goes after it; what is no longer asked for goes when everything else stands. That they are in force is said when one was
 * seen to refuse.
 */
export function createAdmissionController(options: AdmissionOptions): (work: Work) => Promise<WorkResult> {
  const { ports } = options;
  /** What this process wrote last, by the object's key: what differs from it was done by somebody. */
  const written = new Map<string, string>();
  const prove = createAdmissionProof({ probe: options.probe, nowMs: () => ports.nowMs() });
  let isNew = true;

  return async ({ signal }) => {
    const candidates = options.candidates();
    if (!options.isReady()) {
      // What a process does not know in its first moments is no news: what was known before it stays said.
      const result = await explain(options, candidates, isNew);
      isNew = false;
      return result;
    }
    const wish = admissionWish(candidates, recordedIn(ports.index));
    try {
      const { objects, probe } = await wantedBy(wish, options, candidates, signal);
      if (wish.type !== 'leave') await converge(options, objects, written, signal);
      const proof = probe === undefined ? undefined : await prove(probe, signal);
      const verdict = proof?.verdict;
      if (verdict !== 'pending') tell(options, candidates, (candidate) => verdict ?? standing(candidate, objects));
      return { result: 'done', ...(proof === undefined ? {} : { againAtMs: proof.againAtMs }) };
    } catch (error) {
      const verdict = (await lacksRight(error, ports))
        ? obstructed('RightsMissing')
        : notWritten(answerOf(error).message);
      tell(options, candidates, () => verdict);
      return { result: 'retry', afterMs: answerOf(error).retryAfterMs ?? 0 };
    }
  };
}

async function explain(
  options: AdmissionOptions,
  candidates: readonly BaselineCandidate[],
  isNew: boolean,
): Promise<WorkResult> {
  if (!candidates.some(asks)) {
    tell(options, candidates, () => obstructed('NotSynced'));
    return { result: 'done' };
  }
  const obstacle = await options.obstacle().catch((): Obstacle => 'NotSynced');
  // It may have become known meanwhile, and was looked at then.
  if (!options.isReady() && !(isNew && obstacle === 'NotSynced')) tell(options, candidates, () => obstructed(obstacle));
  return { result: 'done', againAtMs: options.ports.nowMs() + ASK_AGAIN_MS };
}

/** Whether a baseline asks for policies now. */
export const asks = (candidate: BaselineCandidate): boolean =>
  candidate.spec.admission !== undefined && enforces(candidate);

async function wantedBy(
  wish: AdmissionWish,
  { self, ownNamespace }: AdmissionOptions,
  candidates: readonly BaselineCandidate[],
  signal: AbortSignal,
): Promise<CompiledAdmission> {
  if (wish.type !== 'hold') return { objects: [], probe: undefined };
  const labels = candidates.filter(({ releasing }) => !releasing).flatMap(({ spec }) => labelsReadBy(spec));
  return compileAdmission({ sources: wish.sources, labels, operator: await self(signal), ownNamespace });
}

async function converge(
  options: AdmissionOptions,
  objects: readonly AdmissionObject[],
  written: Map<string, string>,
  signal: AbortSignal,
): Promise<void> {
  for (const object of objects) await write(options, object, written, signal);
  const wanted = new Set(objects.map(({ ref }) => keyOf(ref)));
  for (const kind of [BINDING, POLICY]) {
    for (const stale of [...options.ports.index.ofKind(kind)]) {
      if (!isOurs(stale) || stale.deleting || wanted.has(keyOf(stale))) continue;
      written.delete(keyOf(stale));
      await options.ports.writer.remove(refOf(stale), { uid: stale.uid }, signal);
      options.ports.acknowledgeDelete(stale);
    }
  }
}

async function write(
  { ports, onRepair }: AdmissionOptions,
  { ref, desired }: AdmissionObject,
  written: Map<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const live = ports.index.get(ref.kind, '', ref.name);
  const fields = live === undefined ? [] : diffObject(desired.labels, desired.body, live);
  const text = canonical(desired);
  const isRepair = written.get(keyOf(ref)) === text;
  written.set(keyOf(ref), text);
  if (live !== undefined && fields.length === 0) return;
  // One that is going goes by this update, which takes finalizers off; its end asks for it anew.
  const answer =
    live === undefined
      ? await ports.writer.create(objectOf(ref, desired), signal)
      : await ports.writer.update(objectOf(ref, desired, live), signal);
  if (answer !== undefined) ports.acknowledge(answer);
  if (isRepair) onRepair(ref, live, fields);
}

const refOf = ({ kind, namespace, name }: Entry): ObjectRef => ({ kind, namespace, name });

/** The baselines that the policies which stand were made of. */
export function recordedIn(index: ObjectIndex): ReadonlySet<string> {
  const ours = [...index.ofKind(POLICY)].filter(isOurs);
  return new Set(ours.flatMap(({ body }) => baselinesIn(record(body).whole)));
}

function tell(
  { onVerdict }: AdmissionOptions,
  candidates: readonly BaselineCandidate[],
  verdictOf: (candidate: BaselineCandidate) => AdmissionVerdict,
): void {
  for (const candidate of candidates) {
    if (candidate.spec.admission === undefined) continue;
    onVerdict(candidate, enforces(candidate) ? verdictOf(candidate) : NOT_ENFORCED);
  }
}

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', DELETE: 'delete' };

async function lacksRight(error: unknown, ports: ApplyPorts): Promise<boolean> {
  const verb = error instanceof KubeError && error.status === 403 ? VERBS[error.method] : undefined;
  if (verb === undefined) return false;
  const answers = await Promise.all([POLICY, BINDING].map((kind) => ports.lacksRight(verb, kind, '')));
  return answers.includes(true);
}
