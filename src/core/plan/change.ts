import type { Section } from '../../api/types.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { Labels } from '../../k8s/object.ts';
import type { ObjectRef } from '../../k8s/ref.ts';
import type { Finding } from '../model/finding.ts';

/**
 * The order of writes. A deny never stands before the allows it needs, and is never pruned before its successor stands;
 * prunes run in the reverse order of writes (DESIGN §3, THREATS 3).
 */
export type WriteStage = 'allow' | 'guard' | 'prune-guard' | 'prune-allow';
export const STAGES: readonly WriteStage[] = ['allow', 'guard', 'prune-guard', 'prune-allow'];

/** What a wanted object looks like when written: labels and body, the engine adds the rest from the live object. */
export interface Desired {
  readonly apiVersion: string;
  readonly labels: Labels;
  readonly body: Readonly<Record<string, unknown>>;
  /** Only these fields and labels are ours, of an object that others make: neither created nor compared beyond them. */
  readonly partial?: true;
}

interface Base {
  readonly ref: ObjectRef;
  readonly section: Section;
  readonly control: string;
  /** The baseline that asks for it. */
  readonly baseline: string;
  readonly stage: WriteStage;
}

/** One object that is not as planned. What is right yields no change. */
export type Change =
  | (Base & { readonly action: 'create'; readonly desired: Desired })
  | (Base & {
      readonly action: 'update';
      readonly desired: Desired;
      readonly live: Entry;
      /** JSON pointers of what differs. */
      readonly fields: readonly string[];
      /** More than labels differ: never delayed (THREATS 5). */
      readonly urgent: boolean;
      /** It stood under our reserved prefix without our label: put there by someone else. */
      readonly takeOver: boolean;
      /** Others wrote it so fast that a version is not worth a try (THREATS 5); absent = false. */
      readonly outrun?: boolean;
      /** What others had there comes back, because a baseline lets go; absent = no. */
      readonly release?: true;
    })
  | (Base & {
      /** Delete, then create: only where Kubernetes allows nothing else (THREATS 2). */
      readonly action: 'recreate';
      readonly desired: Desired;
      readonly live: Entry;
      readonly reason: 'Terminating' | 'RoleRefReplaced';
    })
  | (Base & {
      readonly action: 'delete';
      readonly live: Entry;
      readonly reason: 'NotDeclared' | 'Released' | 'ForeignPolicy' | 'Waived';
    });

/** Asked for by the baseline which lets go, whoever governs now. */
export const isRelease = (change: Change): boolean =>
  (change.action === 'delete' && change.reason === 'Released') ||
  (change.action === 'update' && change.release === true);

/**
 * A deny of ours that nobody declares any more, or that a waiver exempts: it goes only when what takes its place stands as
 * it was written (THREATS 3).
 */
export const isDenyPrune = (change: Change): boolean =>
  change.action === 'delete' &&
  (change.reason === 'NotDeclared' || change.reason === 'Waived') &&
  change.stage === 'prune-guard' &&
  change.ref.kind === 'NetworkPolicy';

export type Action = Change['action'];

/** What must happen in one namespace, in order, and what was found while deciding it. */
export interface Plan {
  readonly namespace: string;
  readonly changes: readonly Change[];
}

/** A finding together with the baseline for which it counts. */
export interface AttributedFinding extends Finding {
  readonly baseline: string;
  /** From an Audit or suspended claim that would outrank the governor. */
  readonly shadow: boolean;
}
