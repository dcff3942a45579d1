import { GROUP, SECURITY_BASELINE } from '../../api/names.ts';
import { LEVELS } from '../../audit/policy.ts';
import { list, record, text } from '../../k8s/json.ts';
import type { ManifestDocument } from '../files/documents.ts';

/** What a document is to the audit commands. */
export type Target = 'policy' | 'baseline' | 'baseline without audit' | 'other';

const AUDIT_GROUP = 'audit.k8s.io';
/** Of the same group, and no policies. */
const EVENTS: ReadonlySet<string> = new Set(['Event', 'EventList']);

/** In doubt it is a policy, so that a misspelt kind is found rather than passed over. */
export function targetOf({ value }: ManifestDocument): Target {
  const { apiVersion, kind, rules, spec } = record(value);
  const [group] = text(apiVersion).split('/');
  if (group === AUDIT_GROUP) return EVENTS.has(text(kind)) ? 'other' : 'policy';
  if (group === GROUP && kind === SECURITY_BASELINE.kind) {
    return record(spec).audit === undefined ? 'baseline without audit' : 'baseline';
  }
  const isNameless = text(apiVersion) === '' || text(kind) === '';
  return isNameless && list(rules).some(hasLevel) ? 'policy' : 'other';
}

const hasLevel = (rule: unknown): boolean => {
  const { level } = record(rule);
  return LEVELS.some((one) => one.toLowerCase() === text(level).toLowerCase());
};

/** For people: `SecurityBaseline restricted`. */
export function objectName({ value }: ManifestDocument): string {
  const { kind, metadata } = record(value);
  const name = text(record(metadata).name);
  return `${text(kind) || 'Policy'}${name === '' ? '' : ` ${name}`}`;
}

/** What cannot be read and is in a file that nobody named may be about something else altogether. */
export const mayBeMeant = (content: string): boolean =>
  content === '' || content.includes(AUDIT_GROUP) || content.includes(GROUP);
