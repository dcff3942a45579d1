import { NO_ENTRIES } from '../../k8s/nothing.ts';
import type { ObjectRef } from '../../k8s/ref.ts';
import type { Finding } from '../model/finding.ts';
import type { Waiver } from './waiver.ts';
import { controlsOf } from './waiver.ts';

/** An object that a waiver names, and what it held when it was first seen; undefined: it was never there. */
export interface WaivedObject {
  readonly kind: string;
  readonly name: string;
  readonly content: string | undefined;
  /** It holds something else by now: the waiver is for what was approved, and not for this. */
  readonly changed: boolean;
}

/** One waiver as it holds in one namespace. */
export interface AppliedWaiver {
  readonly waiver: Waiver;
  /** Empty: its controls are waived whole. */
  readonly objects: readonly WaivedObject[];
}

/** What is waived in one namespace at one instant. */
export interface Waived {
  readonly applied: readonly AppliedWaiver[];
  /** By control: the waiver that exempts it whole. */
  readonly controls: ReadonlyMap<string, Waiver>;
  /** By control and object: the waiver that exempts findings about it. */
  readonly objects: ReadonlyMap<string, Waiver>;
}

export const NOTHING_WAIVED: Waived = { applied: [], controls: NO_ENTRIES, objects: NO_ENTRIES };

/** The content of an object of the namespace as it is now; undefined when it is not there. */
export type ContentNow = (kind: string, name: string) => string | undefined;
/** Of what is too large to be read nobody can say whether it is what was approved: no waiver holds for it. */
export const UNKNOWABLE = '';
/** The content under which an object was first seen by a waiver, as far as it is recorded. */
export type ContentSeen = (waiverUid: string, kind: string, name: string) => string | undefined;

/**
 * What `waivers` exempt in a namespace that all of them name. `objects` hold for the content first seen: otherwise who
 * may edit the object could put anything in its place (THREATS 16). Of two waivers the one that ends later counts.
 */
export function waivedIn(waivers: readonly Waiver[], now: ContentNow, seen: ContentSeen): Waived {
  if (waivers.length === 0) return NOTHING_WAIVED;
  const controls = new Map<string, Waiver>();
  const objects = new Map<string, Waiver>();
  const applied = waivers.map((waiver): AppliedWaiver => ({ waiver, objects: objectsOf(waiver, now, seen) }));
  for (const { waiver, objects: named } of applied.toSorted(soonestLast)) {
    for (const control of controlsOf(waiver.spec)) {
      if (waiver.spec.objects === undefined) keepFirst(controls, control, waiver);
      for (const { kind, name, changed } of named) if (!changed) keepFirst(objects, keyOf(control, kind, name), waiver);
    }
  }
  return { applied, controls, objects };
}

const objectsOf = ({ uid, spec }: Waiver, now: ContentNow, seen: ContentSeen): readonly WaivedObject[] =>
  (spec.objects ?? []).map(({ kind, name }) => {
    const is = now(kind, name);
    const was = seen(uid, kind, name) ?? (is === UNKNOWABLE ? undefined : is);
    return { kind, name, content: was, changed: is !== undefined && is !== was };
  });

const soonestLast = (a: AppliedWaiver, b: AppliedWaiver): number => b.waiver.expiresAtMs - a.waiver.expiresAtMs;

const keepFirst = <K, V>(map: Map<K, V>, key: K, value: V): void => {
  if (!map.has(key)) map.set(key, value);
};

const keyOf = (control: string, kind: string, name: string): string => `${control} ${kind}/${name}`;

/** The waiver that exempts an object from a control, whether the control is waived whole or not. */
export const waiverOf = (waived: Waived, control: string, { kind, name }: ObjectRef): Waiver | undefined =>
  waived.controls.get(control) ?? waived.objects.get(keyOf(control, kind, name));

/** A finding as it is told: what a waiver exempts names it, and counts for nothing else. */
export function waive<F extends Finding>(finding: F, waived: Waived): F {
  const { control, ref, beyondObject } = finding;
  const waiver = beyondObject === true ? waived.controls.get(control) : waiverOf(waived, control, ref);
  if (waiver === undefined) return finding;
  const { name, spec } = waiver;
  return {
    ...finding,
    result: 'waived',
    waiver: name,
    message: `${finding.message}; waived by ${name} until ${spec.expiresAt}`,
  };
}

/** The contents recorded by what was last applied. */
export function contentsOf(applied: readonly AppliedWaiver[]): ContentSeen {
  return (waiverUid, kind, name) =>
    applied
      .find(({ waiver }) => waiver.uid === waiverUid)
      ?.objects.find((object) => object.kind === kind && object.name === name)?.content;
}
