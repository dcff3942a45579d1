import type { Control } from '../control/control.ts';
import type { FactName, Facts } from '../facts/facts.ts';
import type { Governance } from '../govern/governance.ts';

/** The facts that decisions about a namespace rest on: those of the controls of its governed sections. */
export function usedFacts(controls: readonly Control[], governance: Governance): ReadonlySet<FactName> {
  const governed = new Set(
    governance.sections.filter((s) => s.governor !== undefined || s.shadows.length > 0).map((s) => s.section),
  );
  return new Set(controls.filter((control) => governed.has(control.section)).flatMap((control) => control.facts));
}

/** Whether two sets of facts agree in what is used; unchanged facts keep their identity. */
export const sameFacts = (a: Facts, b: Facts, used: ReadonlySet<FactName>): boolean =>
  a === b || [...used].every((name) => a[name] === b[name]);
