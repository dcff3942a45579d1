import { BASELINE_WAIVER } from '../../api/names.ts';
import type { WaiverBody } from '../../core/model/bodies.ts';
import type { Validity } from '../../core/waive/validity.ts';
import { validityAt } from '../../core/waive/validity.ts';
import type { Waiver } from '../../core/waive/waiver.ts';
import { isPattern, namesNamespace, sameWaivers } from '../../core/waive/waiver.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import type { Clock } from '../clock.ts';

/** A waiver as it was last looked at. */
export interface KnownWaiver {
  readonly waiver: Waiver;
  readonly validity: Validity;
  /** RFC 3339; when this generation was first seen. */
  readonly seenAt: string;
}

/** Which waivers hold where: found out when a waiver changes or ends, and kept until then. */
export interface WaiverKeeper {
  /** Those that hold in a namespace at this moment, by name. */
  of(namespace: string): readonly Waiver[];
  /** Looks at one waiver again; answers the namespaces in which something else holds now. */
  refresh(name: string): readonly string[];
  refreshAll(): void;
  known(name: string): KnownWaiver | undefined;
  /** The namespaces there are that a waiver names. */
  namespacesOf(waiver: Waiver): readonly string[];
}

/** Of more, those that come later by name do not hold: the report of a namespace has to have room for all (THREATS 16). */
export const MAX_WAIVERS = 32;

export function createWaiverKeeper(index: ObjectIndex, clock: Pick<Clock, 'timestamp'>): WaiverKeeper {
  const known = new Map<string, KnownWaiver>();
  const firstSeen = new Map<string, { readonly generation: number; readonly at: string }>();
  const wallMs = (): number => Date.parse(clock.timestamp());
  let holding: Holding = NONE;

  const judge = (entry: Entry<WaiverBody>): KnownWaiver => {
    const { generation, status } = entry.body;
    const [recorded, own] = [status?.seen, firstSeen.get(entry.uid)];
    const at = [recorded, own].find((seen) => seen?.generation === generation)?.at ?? clock.timestamp();
    firstSeen.set(entry.uid, { generation, at });
    const waiver = waiverFrom(entry, at);
    return { waiver, validity: validityAt(waiver, wallMs()), seenAt: at };
  };
  const look = (name: string): readonly [before: Waiver | undefined, after: Waiver | undefined] => {
    const old = known.get(name);
    const entry = index.get(BASELINE_WAIVER.kind, '', name) as Entry<WaiverBody> | undefined;
    if (old !== undefined && old.waiver.uid !== entry?.uid) firstSeen.delete(old.waiver.uid);
    // What is being deleted waives nothing any more, whoever's finalizer holds it.
    if (entry === undefined || entry.deleting) known.delete(name);
    else known.set(name, judge(entry));
    return [valid(old), valid(known.get(name))];
  };
  const rebuild = (): void => {
    holding = holdingOf([...known.values()].flatMap((one) => valid(one) ?? []));
  };
  const namespacesOf = ({ spec }: Waiver): readonly string[] => {
    const there = (name: string): boolean => index.get('Namespace', '', name) !== undefined;
    if (!spec.namespaces.some(isPattern)) return spec.namespaces.filter(there);
    return [...index.ofKind('Namespace')].map(({ name }) => name).filter((name) => namesNamespace(spec, name));
  };

  return {
    of: (namespace) => {
      const named = [...(holding.byName.get(namespace) ?? []), ...holding.patterns.filter(naming(namespace))];
      if (named.length === 0) return named;
      const nowMs = wallMs();
      return named.filter((waiver) => validityAt(waiver, nowMs).state === 'Valid').slice(0, MAX_WAIVERS);
    },
    refresh: (name) => {
      const [before, after] = look(name);
      if (sameWaivers(asList(before), asList(after))) return [];
      rebuild();
      return [...new Set([...asList(before), ...asList(after)].flatMap(namespacesOf))];
    },
    refreshAll: () => {
      const names = [...index.ofKind(BASELINE_WAIVER.kind)].map(({ name }) => name);
      for (const name of new Set([...known.keys(), ...names])) look(name);
      rebuild();
    },
    known: (name) => known.get(name),
    namespacesOf,
  };
}

/** Waivers that hold, by the namespace that they name whole, and those with patterns. */
interface Holding {
  readonly byName: ReadonlyMap<string, readonly Waiver[]>;
  readonly patterns: readonly Waiver[];
}

const NONE: Holding = { byName: new Map(), patterns: [] };

function holdingOf(waivers: readonly Waiver[]): Holding {
  const sorted = waivers.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const byName = new Map<string, Waiver[]>();
  for (const waiver of sorted.filter((one) => !hasPattern(one))) {
    for (const namespace of waiver.spec.namespaces) {
      byName.set(namespace, [...(byName.get(namespace) ?? []), waiver]);
    }
  }
  return { byName, patterns: sorted.filter(hasPattern) };
}

const hasPattern = ({ spec }: Waiver): boolean => spec.namespaces.some(isPattern);
const naming =
  (namespace: string) =>
  ({ spec }: Waiver): boolean =>
    namesNamespace(spec, namespace);
const asList = (waiver: Waiver | undefined): readonly Waiver[] => (waiver === undefined ? [] : [waiver]);
const valid = (one: KnownWaiver | undefined): Waiver | undefined =>
  one?.validity.state === 'Valid' ? one.waiver : undefined;

const waiverFrom = ({ name, uid, body }: Entry<WaiverBody>, seenAt: string): Waiver => ({
  name,
  uid,
  generation: body.generation,
  spec: body.spec,
  createdAtMs: Date.parse(body.createdAt),
  seenAtMs: Date.parse(seenAt),
  expiresAtMs: Date.parse(body.spec.expiresAt),
});
