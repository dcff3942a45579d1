import type { Section } from '../../api/types.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { ObjectRef } from '../../k8s/ref.ts';
import type { Change } from './change.ts';
import type { Refusal } from './refusal.ts';

/** What became of one write. */
export type ChangeResult =
  | {
      readonly change: Change;
      readonly result: 'written';
      readonly answer: Entry | undefined;
      /** How often somebody else had written first; absent = never. */
      readonly conflicts?: number;
      readonly atMs: number;
    }
  | { readonly change: Change; readonly result: 'failed'; readonly refusal: Refusal }
  /** An earlier stage failed, so that this one was not tried. */
  | { readonly change: Change; readonly result: 'waiting' };

/** A drift that was seen, and what was done about it. */
export interface Drift {
  readonly ref: ObjectRef;
  readonly section: Section;
  readonly control: string;
  readonly baseline: string;
  readonly change: 'deleted' | 'modified' | 'missing';
  readonly fields: readonly string[];
  /** The last writer's own name for itself; `''` when unknown, as for deletions. */
  readonly manager: string;
  readonly result: 'repaired' | 'failed' | 'reported';
  /** From the event to the acknowledged write; undefined when nothing was written. */
  readonly repairedInMs: number | undefined;
  /** Who did it, by the audit log; absent until somebody knows. */
  readonly user?: string;
  /** It was told before that it could not be put right: the same drift, seen once. */
  readonly again?: true;
}
