import type { AdmissionAction, ForbiddenGrant, Section, SecurityBaselineSpec } from '../../api/types.ts';
import { enforcementOf } from '../../core/govern/baseline.ts';

/** A baseline whose `admission` counts. */
export interface AdmissionSource {
  readonly baseline: string;
  readonly action: AdmissionAction;
  readonly spec: SecurityBaselineSpec;
}

/** From the mildest to the strictest. */
export const ACTIONS: readonly AdmissionAction[] = ['Audit', 'Warn', 'Deny'];

/** As it was declared; of a word that a newer version knows, and this one does not, the strictest. */
export const actionOf = (declared: AdmissionAction): AdmissionAction =>
  ACTIONS.includes(declared) ? declared : 'Deny';

export const isStricter = (a: AdmissionAction, b: AdmissionAction): boolean => ACTIONS.indexOf(a) > ACTIONS.indexOf(b);

/** The strictest of all. */
export const strictestOf = (sources: readonly AdmissionSource[]): AdmissionAction =>
  ACTIONS.findLast((action) => sources.some((source) => source.action === action)) ?? 'Audit';

/** The sources with a section, each as strict as that section allows: one that only audits refuses nothing. */
export const withSection = (sources: readonly AdmissionSource[], section: Section): readonly AdmissionSource[] =>
  sources
    .filter(({ spec }) => spec[section] !== undefined)
    .map((source) => (enforcementOf(source.spec, section) === 'Audit' ? { ...source, action: 'Audit' } : source));

export const forbidding = (sources: readonly AdmissionSource[], grant: ForbiddenGrant): readonly AdmissionSource[] =>
  withSection(sources, 'rbac').filter(({ spec }) => spec.rbac?.forbid?.includes(grant) === true);
