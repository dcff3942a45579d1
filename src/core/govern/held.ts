import type { NetworkSpec, ReportedSection, Section } from '../../api/types.ts';
import { cutAt } from '../model/finding.ts';
import type { Baseline } from './baseline.ts';
import { prunes, selects } from './baseline.ts';
import type { Claim, Governance, NamespaceIdentity } from './governance.ts';
import { active } from './rank.ts';
import { weakerThan } from './weaker.ts';

/** The durable record of what a namespace is held to: `sections` of its BaselineReport (THREATS 14). */
export type Held = readonly Pick<
  ReportedSection,
  'section' | 'baseline' | 'baselineUid' | 'selectedBy' | 'weakened' | 'levels' | 'closed'
>[];

/**
 * THREATS 14: a namespace that was held and no longer matches stays held when the labels it was selected by would still
 * be selected, that is, when its own labels changed and not the baseline.
 */
export function staysHeld(
  baseline: Baseline,
  namespace: NamespaceIdentity,
  record: Held[number] | undefined,
  ownNamespace: string,
): boolean {
  if (record?.baselineUid !== baseline.uid || prunes(baseline.spec)) return false;
  const before: Record<string, string> = { ...namespace.labels };
  for (const { key, value } of record.selectedBy) {
    if (value === undefined) delete before[key];
    else before[key] = value;
  }
  return selects(baseline.spec, namespace.name, before, ownNamespace);
}

/**
 * What a namespace is held to from now on: the governors that enforce, and what it was held to before by a baseline that
 * now audits or rests. Who does not act takes no record away from one that still claims the section: it may act again. A
 * release is forgotten only when its prune is done: `pruned` names those sections. `previous` is who governed before, if
 * this process saw it.
 */
export function heldAfter(
  governance: Governance,
  before: Held,
  pruned: ReadonlySet<Section>,
  previous?: Governance,
): Held {
  return governance.sections.flatMap(({ section, governor, released, held }): Held => {
    const old = before.find((h) => h.section === section);
    if (released !== undefined && !pruned.has(section)) return old === undefined ? [] : [old];
    if (governor === undefined) return [];
    const acts = active(governor);
    if (!acts && held) return old === undefined ? [] : [old];
    if (governor.enforcement === 'Audit') return [];
    const { baseline, selectedBy } = governor;
    const weakened = weakenedBy(governor, old, previous?.sections.find((s) => s.section === section)?.governor);
    const row = {
      section,
      baseline: baseline.name,
      baselineUid: baseline.uid,
      selectedBy,
      ...reachedIn(governor, old),
    };
    return [weakened === undefined ? row : { ...row, weakened }];
  });
}

/** What a namespace has reached it keeps under whoever governs next (THREATS 13, 21). */
function reachedIn(governor: Claim, old: Held[number] | undefined): Pick<Held[number], 'levels' | 'closed'> {
  const closed = stillClosed(governor, old);
  return {
    ...(old?.levels === undefined ? {} : { levels: old.levels }),
    ...(closed.length === 0 ? {} : { closed }),
  };
}

/** What the namespace was closed to stays closed whoever governs it, until somebody who acts no longer declares it. */
function stillClosed({ section, spec }: Claim, old: Held[number] | undefined): NonNullable<ReportedSection['closed']> {
  if (section !== 'network') return [];
  return (old?.closed ?? []).filter((direction) => (spec as NetworkSpec).defaultDeny.includes(direction));
}

/** The record after these directions of a namespace were seen closed; the same one when that was known. */
export function heldClosed(held: Held, directions: NonNullable<ReportedSection['closed']>): Held {
  const row = held.find(({ section }) => section === 'network');
  if (row === undefined || directions.every((direction) => row.closed?.includes(direction))) return held;
  const closed = [...new Set([...(row.closed ?? []), ...directions])].sort();
  return held.map((other) => (other === row ? { ...row, closed } : other));
}

/** As the schema bounds it: a report with a longer one is refused, and with it the record of the namespace. */
const MAX_WHY = 512;

/** What is told of a take-over from a stricter baseline, until the one that took over is edited: then somebody looked. */
function weakenedBy(
  governor: Claim,
  old: Held[number] | undefined,
  previous: Claim | undefined,
): ReportedSection['weakened'] {
  const { uid, generation } = governor.baseline;
  if (previous !== undefined && active(previous) && active(governor) && previous.baseline.uid !== uid) {
    const why = weakerThan(governor, previous);
    return why === undefined
      ? undefined
      : { generation, why: cutAt(`${previous.baseline.name} governed before: ${why}`, MAX_WHY) };
  }
  return old?.baselineUid === uid && old.weakened?.generation === generation ? old.weakened : undefined;
}
