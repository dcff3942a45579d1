import type { View } from '../../core/control/view.ts';
import type { NamespaceMemory } from '../../core/gates/memory.ts';
import { nextForgetMs } from '../../core/gates/remember.ts';
import type { NamespaceBody } from '../../core/model/bodies.ts';
import { LINGERS_AFTER_MS } from '../../core/model/lingering.ts';
import type { ChangeResult } from '../../core/plan/changeResult.ts';
import type { Entry } from '../../k8s/entry.ts';
import { keyOf } from '../../k8s/ref.ts';
import type { WorkResult } from '../queue.ts';

/** For how long a namespace has been going, in milliseconds; undefined: it is not, or nobody knows the time. */
export function goingForMs({ body }: Entry<NamespaceBody>, wallMs: (() => number) | undefined): number | undefined {
  return body.deletedAt === undefined || wallMs === undefined ? undefined : wallMs() - Date.parse(body.deletedAt);
}

/** When pods that are still there have outlived the namespace for too long: nothing else would tell. */
export function lingersAtMs({ terminatingForMs, liveOf }: View, nowMs: number): number | undefined {
  if (terminatingForMs === undefined || terminatingForMs > LINGERS_AFTER_MS) return undefined;
  // Most go at once, and their names need not be kept for ten minutes.
  const [pod] = liveOf('Pod');
  return pod === undefined ? undefined : nowMs + LINGERS_AFTER_MS - terminatingForMs + 1;
}

/** The earlier of two times, of which either may be unknown. */
export const earliest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

/** A right that is missing is missing everywhere: ten thousand namespaces must not ask for it in a storm. */
const STALLED_MS = 5_000;

/** Failures come again with back-off; what is withheld, contested or worth another look has its time. */
export function nextLook(
  results: readonly ChangeResult[],
  memory: NamespaceMemory,
  wakeAtMs: number | undefined,
  nowMs: number,
): WorkResult {
  const refusals = results.flatMap((r) => (r.result === 'failed' && r.refusal.retry !== 'none' ? [r.refusal] : []));
  // Findings about objects that this look removed, or that admission changed, are stale: look once more.
  const removed = results.some(({ change }) => change.action === 'delete' && change.reason !== 'Released');
  const mutated = results.map(({ change }) => memory.mutations.get(keyOf(change.ref))?.nextMs);
  const isFailed = refusals.length > 0;
  const times = [wakeAtMs, nextForgetMs(memory), removed && !isFailed ? nowMs : undefined, ...mutated].filter(
    (t) => t !== undefined,
  );
  // What the server asks to wait holds for all of it.
  const afterMs = Math.max(0, ...refusals.map(({ retryAfterMs }) => retryAfterMs ?? 0));
  const again = times.length === 0 ? {} : { againAtMs: Math.max(nowMs + afterMs, Math.min(...times)) };
  if (!isFailed) return { result: 'done', ...again };
  const isStalled = refusals.some(({ retry }) => retry === 'stalled');
  return { result: 'retry', afterMs: isStalled ? Math.max(STALLED_MS, afterMs) : afterMs, ...again };
}
