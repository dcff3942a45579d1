import type { UsageEntry } from '../usage/usage.ts';
import { isEveryones } from './everyones.ts';

/** Where a used right belongs before any role is made of it. */
export type Sorted =
  | { readonly type: 'proposed' }
  | { readonly type: 'everyones' }
  | { readonly type: 'notProposed'; readonly reason: string };

/** Decides for one right that `subject` used. */
export function sortEntry(entry: UsageEntry, subject: string): Sorted {
  const reason = unproposable(entry, subject);
  if (reason !== undefined) return { type: 'notProposed', reason };
  return isEveryones(entry) ? { type: 'everyones' } : { type: 'proposed' };
}

function unproposable(entry: UsageEntry, subject: string): string | undefined {
  if (subject === 'system:anonymous') return 'nobody authenticated, so a role would be for everybody';
  const { permission, names } = entry;
  const texts = permission.type === 'path' ? [permission.path] : [permission.group, permission.resource];
  // `GET /apis/*/v1/*` is authorized under a wildcard and answered 404. In a rule the same star means everything: whoever
  // holds a broad role could have it proposed for good.
  if ([permission.verb, ...texts].some((text) => text.includes('*'))) {
    return 'it was asked for with a literal *, which a rule reads as everything';
  }
  if (permission.type === 'path') return undefined;
  if (permission.namespace !== '' && !NAMESPACE.test(permission.namespace)) {
    return 'no namespace can have that name, so no role can be in it';
  }
  return permission.verb.startsWith('impersonate') && names.isCut ? 'it is about more names than are kept' : undefined;
}

const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
