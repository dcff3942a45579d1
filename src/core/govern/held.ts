import type { ReportedSection, Section } from '../../api/types.ts';
import type { Baseline } from './baseline.ts';
import { prunes, selects } from './baseline.ts';
import type { Governance, NamespaceIdentity } from './governance.ts';

/** The durable record of what a namespace is held to: `sections` of its BaselineReport (THREATS 14). */
export type Held = readonly Pick<ReportedSection, 'section' | 'baseline' | 'baselineUid' | 'selectedBy'>[];

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
 * now audits or rests. A release is forgotten only when its prune is done: `pruned` names those sections.
 */
export function heldAfter(governance: Governance, before: Held, pruned: ReadonlySet<Section>): Held {
  return governance.sections.flatMap(({ section, governor, released }): Held => {
    const old = before.find((h) => h.section === section);
    if (released !== undefined && !pruned.has(section)) return old === undefined ? [] : [old];
    if (governor === undefined) return [];
    if (governor.enforcement === 'Audit') return old?.baselineUid === governor.baseline.uid ? [old] : [];
    const { baseline, selectedBy } = governor;
    return [{ section, baseline: baseline.name, baselineUid: baseline.uid, selectedBy }];
  });
}
