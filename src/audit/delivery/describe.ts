import type { AuditRule, GroupResources } from '../policy.ts';
import type { Loss } from './delivery.ts';

const MAX_LISTED = 5;

/** For people, without a full stop: `asks for Request of get apps: all, and Metadata is recorded`. */
export function describeLoss({ asked, recorded, without, exposes, requests }: Loss): string {
  const of = listed([...new Set(requests.map(describeRequests))], '; ');
  if (recorded === 'Unknown') return `${asked} of ${of}: nobody outside knows what is recorded`;
  if (without.length > 0) return `${asked} of ${of}: the events come without ${listed(without)}`;
  const shown = exposes ? ', and their bodies come into the log' : '';
  const what = recorded === 'None' ? 'nothing is recorded' : `${recorded} is recorded`;
  return asked === 'None' ? `${of}: not to be recorded, and ${what}${shown}` : `${asked} of ${of}: ${what}${shown}`;
}

/** What a rule is about: `get, list apps: deployments by bob`; `everything`. */
export function describeRequests(rule: AuditRule): string {
  const { verbs, users, userGroups, namespaces } = rule;
  const who = [
    ...(users.length > 0 ? [`by ${listed(users)}`] : []),
    ...(userGroups.length > 0 ? [`by members of ${listed(userGroups)}`] : []),
  ];
  const where = namespaces.length > 0 ? [`in ${listed(namespaces.map((one) => one || 'no namespace'))}`] : [];
  const what = describeTarget(rule);
  return [...(verbs.length > 0 ? [listed(verbs)] : []), what, ...where, ...who].join(' ');
}

function describeTarget({ resources, namespaces, nonResourceURLs }: AuditRule): string {
  if (resources.length > 0) return listed(byGroup(resources));
  if (namespaces.length > 0) return 'all resources';
  return nonResourceURLs.length > 0 ? listed(nonResourceURLs) : 'everything';
}

function byGroup(resources: readonly GroupResources[]): readonly string[] {
  const groups = [...new Set(resources.map(({ group }) => group))];
  return groups.map((group) => {
    const own = resources.filter((one) => one.group === group);
    const names = own.some((one) => one.resources.length === 0)
      ? 'all'
      : listed([...new Set(own.flatMap(describeNames))], ' and ');
    return group === '' ? (names === 'all' ? 'all of the core group' : names) : `${names} of ${group}`;
  });
}

const describeNames = ({ resources, resourceNames }: GroupResources): readonly string[] =>
  resourceNames.length === 0 ? resources : resources.map((one) => `${one} called ${listed(resourceNames, ' or ')}`);

const listed = (values: readonly string[], by = ', '): string =>
  values.length <= MAX_LISTED
    ? values.join(by)
    : `${values.slice(0, MAX_LISTED).join(by)}${by}${values.length - MAX_LISTED} more`;
