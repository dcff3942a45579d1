import type { PodSecurityLevels, Section, SectionSpecs } from '../../api/types.ts';
import type { Labels } from '../../k8s/object.ts';
import type { FactName } from '../facts/facts.ts';
import type { Finding } from '../model/finding.ts';
import type { View } from './view.ts';

/** Writes of one stage run in parallel; the next stage waits for the acknowledgements (DESIGN §3). */
export type Stage = 'allow' | 'guard' | 'prune';

/** An object a control wants, fully defaulted, without the metadata that the engine adds. */
export interface Wanted {
  readonly kind: string;
  readonly name: string;
  /** Everything outside apiVersion, kind, metadata and status, exactly as the API server would return it. */
  readonly body: Readonly<Record<string, unknown>>;
  /**
   * Only the fields of `body` and these `labels` are ours, in an object that others make (DESIGN §3, Ownership): they are
   * applied where it is there, and nothing is created or pruned.
   */
  readonly partial?: true;
  /** Of a partial one. Labels of ours that a later one leaves out are taken off by the API server. */
  readonly labels?: Labels;
}

/** What a control decides for one namespace. */
export interface Built {
  readonly wanted: readonly Wanted[];
  /**
   * Objects that stay as they are because a fact is unknown: neither written nor pruned (DESIGN §3, Facts). Absent ones
   * are not created.
   */
  readonly kept?: readonly { readonly kind: string; readonly name: string }[];
  readonly findings?: readonly Finding[];
  /** What the namespace has reached once all of this is written, for its record. */
  readonly levels?: PodSecurityLevels;
}

/**
 * One control is one file and one line in controls/index.ts. Watches, the operator's RBAC and the docs derive from these
 * declarations.
 */
export interface Control<S extends Section = Section> {
  /** Such as `network.default-deny`. */
  readonly id: string;
  readonly section: S;
  readonly stage: Exclude<Stage, 'prune'>;
  /** One sentence for docs/controls.md. */
  readonly summary: string;
  /** Kinds it looks at beside those it writes. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /**
   * Kinds that only `inspect` and what may wait look at: no repair waits until they are known (THREATS 6), so ask
   * `view.knows`. Absent: none.
   */
  readonly inspects?: readonly string[];
  /** Kinds of which it owns single fields; see `Wanted.partial`. Absent: none. */
  readonly applies?: readonly string[];
  /** Facts that `build` depends on: a change of one of them re-evaluates the namespaces this control governs. */
  readonly facts: readonly FactName[];
  /** What should be there. Pure and total: bad input yields findings, never an exception. */
  build(spec: SectionSpecs[S], view: View): Built;
  /** What of others comes back when a baseline lets go under `deletionPolicy: Delete`. Absent: nothing. */
  release?(view: View): readonly Wanted[];
  /**
   * What `build` rests on in the namespace beside the spec, its facts and labels, as text: when that changes, what
   * differs was changed by nobody. Absent: nothing.
   */
  basis?(spec: SectionSpecs[S], view: View): string;
  /** What is wrong with objects of others. Never delays a repair. */
  inspect?(spec: SectionSpecs[S], view: View): Inspection;
}

export interface Inspection {
  readonly findings: readonly Finding[];
  /** Foreign objects to delete, only under an explicit opt-in such as `foreignPolicies: Remove`. */
  readonly remove?: readonly { readonly kind: string; readonly name: string }[];
}

/** Keeps the section's spec type while the registry holds controls of every section. */
export const defineControl = <const S extends Section>(control: Control<S>): Control<S> => control;
