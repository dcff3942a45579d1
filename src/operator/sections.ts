import type { Section } from '../api/types.ts';
import { SECTIONS } from '../api/types.ts';
import type { Control } from '../core/control/control.ts';
import { FACT_KINDS } from '../core/facts/factsOf.ts';
import type { BaselineBody, ReportBody } from '../core/model/bodies.ts';
import { heldOf } from '../core/outcome/report.ts';
import type { Entry } from '../k8s/entry.ts';
import type { ObjectIndex } from '../k8s/objectIndex.ts';
import type { Store } from '../kube/store.ts';

/** Kinds that decide who governs what; nothing is decided before they are known (THREATS 19). */
export const BASE_KINDS: readonly string[] = ['Namespace', 'SecurityBaseline', 'BaselineWaiver', 'BaselineReport'];

/** What a section's controls read, write and rest on: the kinds that must be known before it is decided. */
export const kindsOfSection = (controls: readonly Control[], section: Section): readonly string[] => [
  ...new Set(
    controls
      .filter((control) => control.section === section)
      .flatMap((c) => [...c.reads, ...c.writes, ...(c.applies ?? []), ...c.facts.flatMap((fact) => FACT_KINDS[fact])]),
  ),
];

/** What its controls only inspect: watched as well, and waited for by nothing that is put right (THREATS 6). */
export const inspectedBySection = (controls: readonly Control[], section: Section): readonly string[] => {
  const needed = kindsOfSection(controls, section);
  const inspected = controls.filter((control) => control.section === section).flatMap((c) => c.inspects ?? []);
  return [...new Set(inspected)].filter((kind) => !needed.includes(kind));
};

/** What the controls of each section write. */
export function kindsBySection(controls: readonly Control[]): Readonly<Record<string, readonly string[]>> {
  const entries = SECTIONS.map((section) => [
    section,
    controls
      .filter((control) => control.section === section)
      .flatMap(({ writes, applies = [] }) => [...writes, ...applies]),
  ]);
  return Object.fromEntries(entries);
}

/** Sections that some baseline declares or some namespace is still held to: only their kinds are watched. */
export function sectionsInUse(index: ObjectIndex): ReadonlySet<Section> {
  const used = new Set<Section>();
  for (const entry of index.ofKind('SecurityBaseline') as Iterable<Entry<BaselineBody>>) {
    for (const section of SECTIONS) if (entry.body.spec[section] !== undefined) used.add(section);
  }
  for (const entry of index.ofKind('BaselineReport') as Iterable<Entry<ReportBody>>) {
    for (const { section } of heldOf(entry.body.report)) used.add(section);
  }
  return used;
}

/** Which sections may be decided: those whose kinds are known (THREATS 19). */
export interface SectionGate {
  /** Has the kinds of the sections in use watched; once begun, a section is watched for the life of the process. */
  update(): void;
  isReady(section: Section): boolean;
  /** The kinds asked for that are not known yet. */
  missing(): readonly string[];
}

export interface SectionGateOptions {
  readonly store: Store;
  readonly controls: readonly Control[];
  readonly ensureWatched: (kinds: readonly string[]) => void;
  readonly onReady: (section: Section) => void;
}

export function createSectionGate({ store, controls, ensureWatched, onReady }: SectionGateOptions): SectionGate {
  const requested = new Set<Section>();
  const ready = new Set<Section>();
  const request = (section: Section): void => {
    requested.add(section);
    const kinds = kindsOfSection(controls, section);
    const inspected = inspectedBySection(controls, section);
    ensureWatched([...kinds, ...inspected]);
    const isReady = store.synced(kinds).then(() => {
      ready.add(section);
      onReady(section);
    });
    if (inspected.length > 0) void Promise.all([isReady, store.synced(inspected)]).then(() => onReady(section));
  };
  return {
    update: () => {
      for (const section of sectionsInUse(store)) if (!requested.has(section)) request(section);
    },
    isReady: (section) => ready.has(section),
    missing: () => {
      const needed = [...requested].flatMap((section) => [
        ...kindsOfSection(controls, section),
        ...inspectedBySection(controls, section),
      ]);
      const kinds = [...BASE_KINDS, ...needed];
      return [...new Set(kinds)].filter((kind) => !store.isSynced(kind));
    },
  };
}
