/**
 * Compares roles that were made from an audit log, by whatever tool, with what the log shows:
 * `node bench/rolesFromLog.ts LOG USER ROLES.yaml`. It prints one line of JSON. See docs/least-privilege.md.
 */
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { AuditEvent } from '../src/audit/event.ts';
import { readEvent } from '../src/audit/event.ts';
import { isEveryones } from '../src/audit/propose/everyones.ts';
import { usageOf } from '../src/audit/usage/usageIndex.ts';
import type { KubeObject } from '../src/k8s/object.ts';
import { checksOf, impersonationsOf } from '../test/audit/propose/asked.ts';
import type { Asked } from '../test/audit/propose/authorizer.ts';
import { describeAsked, isAllowed } from '../test/audit/propose/authorizer.ts';

const [log = '', user = '', file = ''] = process.argv.slice(2);
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
/** A namespace and an object that nobody asked for. */
const ELSEWHERE = 'elsewhere';
const ANOTHER = 'another';

const events: readonly AuditEvent[] = readFileSync(log, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => readEvent(JSON.parse(line)))
  .filter((event) => event !== undefined);
const objects = parseAllDocuments(readFileSync(file, 'utf8'))
  .map((document) => document.toJS() as KubeObject | null)
  .filter((object) => object !== null);

/** What every user has anyway is nobody's lack. */
const everyones = new Set(
  [...(usageOf(events).subjects.get(user)?.used ?? [])]
    .filter(isEveryones)
    .map(({ permission }) => keyOf(permission.type === 'path' ? permission : { ...permission, name: '' })),
);
const recorded = [...checksOf(events, user), ...impersonationsOf(events, user)];
const used = [...new Map(recorded.map((asked) => [keyOf(asked), asked])).values()].filter(
  (asked) => !everyones.has(keyOf({ ...asked, ...(asked.path === undefined ? { name: '' } : {}) })),
);
const isImpersonation = ({ verb }: Asked): boolean => verb.startsWith('impersonate');
const denied = checksOf(
  events
    .filter(({ decision }) => decision === 'forbid')
    .map((event) => ({ ...event, decision: 'allow' as const, code: 200 })),
  user,
);
/** The same on the object that the server names next time. */
const nextTime = used
  .filter(({ name }) => /-[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(name ?? ''))
  .map((asked) => ({ ...asked, name: 'work-zzzzz' }));

function keyOf({ verb, group = '', resource = '', namespace = '', name = '', path }: Asked): string {
  return JSON.stringify([verb, group, resource, namespace, name, path]);
}

/** Every verb on every resource that anybody asked for, in every namespace, on the object that nobody asked for. */
function universe(): readonly Asked[] {
  const resources = new Map<string, Pick<Asked, 'group' | 'resource'>>();
  const namespaces = new Set(['', ELSEWHERE]);
  for (const { target } of events) {
    if (target.type === 'path' || target.resource === '') continue;
    const resource = target.subresource === '' ? target.resource : `${target.resource}/${target.subresource}`;
    resources.set(`${target.group} ${resource}`, { group: target.group, resource });
    namespaces.add(target.namespace);
  }
  return [...resources.values()].flatMap((resource) =>
    [...namespaces].flatMap((namespace) => VERBS.map((verb) => ({ ...resource, verb, namespace, name: ANOTHER }))),
  );
}

const lacks = (checks: readonly Asked[]) => checks.filter((asked) => !isAllowed(objects, asked));
const sameRight = (a: Asked, b: Asked): boolean => keyOf({ ...a, name: '' }) === keyOf({ ...b, name: '' });
/** Used across all namespaces is used in each of them. */
const isUsed = (asked: Asked): boolean =>
  used.some((one) => sameRight(one, asked) || sameRight(one, { ...asked, namespace: '' }));
const needsAnyName = (asked: Asked): boolean =>
  used.some((one) => one.name === '' && (sameRight(one, asked) || sameRight(one, { ...asked, namespace: '' })));

const allowed = universe().filter((asked) => isAllowed(objects, asked) || isAllowedByName(asked));
function isAllowedByName(asked: Asked): boolean {
  const names = new Set(used.map(({ name = '' }) => name));
  return [...names].some((name) => isAllowed(objects, { ...asked, name }));
}
const extra = allowed.filter((asked) => !isUsed(asked));
const anyName = allowed.filter((asked) => isUsed(asked) && isAllowed(objects, asked) && !needsAnyName(asked));

console.log(
  JSON.stringify({
    user,
    used: used.length,
    missing: lacks(used.filter((asked) => !isImpersonation(asked))).map(describeAsked),
    missingToImpersonate: lacks(used.filter(isImpersonation)).length,
    missingNextTime: lacks(nextTime).length,
    deniedButAllowed: denied.filter((asked) => isAllowed(objects, asked)).map(describeAsked),
    unusedRights: extra.length,
    ofThemSecrets: extra.filter(({ resource }) => resource === 'secrets').length,
    usedByNameAllowedOnAny: anyName.length,
    rules: objects.flatMap(({ rules = [] }) => rules as readonly unknown[]).length,
  }),
);
