import type { AuditEvent } from '../../audit/event.ts';
import type { Change, ChangedObject } from '../../operator/evidence/evidence.ts';
import { MAX_CHANGES } from '../../operator/evidence/evidence.ts';
import type { Fifo } from './fifo.ts';
import { createFifo } from './fifo.ts';

/** Who changed what, lately. */
export interface RecentChanges {
  /** Keeps what was a write that the API server carried out; anything else is no change. */
  add(event: AuditEvent): void;
  /** The latest first. */
  of(object: ChangedObject): readonly Change[];
  size(): number;
}

export interface ChangeLimits {
  /** Of each resource, so that a flood of one (Leases, Events) does not push out the others. */
  readonly perResource: number;
  /** Of all; beyond it the resource with the most loses its oldest. A change is about 1 KB. */
  readonly total: number;
}

/** A deletecollection names no object: it is a change of all there were in the namespace. */
const ALL_NAMES = '';

interface Kept {
  readonly objectKey: string;
  readonly change: Change;
}

interface Resource {
  /** By a running number. */
  readonly kept: Map<number, Kept>;
  readonly numbers: Fifo<number>;
  readonly byObject: Map<string, readonly number[]>;
}

export function createRecentChanges(limits: ChangeLimits): RecentChanges {
  const resources = new Map<string, Resource>();
  let next = 0;
  let size = 0;
  const shrink = (name: string, resource: Resource): void => {
    forgetOldest(resource);
    size -= 1;
    if (resource.kept.size === 0) resources.delete(name);
  };
  return {
    add: (event) => {
      const change = changeOf(event);
      if (change === undefined || event.target.type !== 'resource') return;
      const name = resourceKey(event.target);
      const resource = resources.get(name) ?? { kept: new Map(), numbers: createFifo<number>(), byObject: new Map() };
      resources.set(name, resource);
      keep(resource, next, { objectKey: objectKey(event.target), change });
      next += 1;
      size += 1;
      if (resource.kept.size > limits.perResource) shrink(name, resource);
      if (size > limits.total) shrink(...largest(resources, [name, resource]));
    },
    of: (object) => {
      const resource = resources.get(resourceKey(object));
      if (resource === undefined) return [];
      const names = [objectKey(object), objectKey({ ...object, name: ALL_NAMES })];
      return names
        .flatMap((key) => resource.byObject.get(key) ?? [])
        .flatMap((number) => resource.kept.get(number)?.change ?? [])
        .toSorted(latestFirst)
        .slice(0, MAX_CHANGES);
    },
    size: () => size,
  };
}

const VERBS = ['create', 'update', 'patch', 'delete', 'deletecollection'] as const;

/** A refused write changed nothing, nor did a dry run; a status says how things are, not how they ought to be. */
function changeOf(event: AuditEvent): Change | undefined {
  const verb = VERBS.find((one) => one === event.verb);
  const { target, code = 0 } = event;
  if (verb === undefined || target.type !== 'resource' || target.subresource === 'status') return undefined;
  if (event.stage !== 'ResponseComplete' || code < 200 || code > 299 || event.isDryRun) return undefined;
  if (target.name === '' && verb !== 'deletecollection') return undefined;
  return {
    verb,
    subresource: target.subresource,
    user: (event.impersonated ?? event.user).name,
    impersonator: event.impersonated === undefined ? undefined : event.user.name,
    userAgent: event.userAgent,
    auditId: event.auditId,
    at: event.stageAt,
  };
}

function keep({ kept, numbers, byObject }: Resource, number: number, one: Kept): void {
  kept.set(number, one);
  numbers.push(number);
  byObject.set(one.objectKey, [...(byObject.get(one.objectKey) ?? []).slice(1 - MAX_CHANGES), number]);
}

function forgetOldest({ kept, numbers, byObject }: Resource): void {
  const number = numbers.shift();
  const oldest = number === undefined ? undefined : kept.get(number);
  if (number === undefined || oldest === undefined) return;
  kept.delete(number);
  const rest = (byObject.get(oldest.objectKey) ?? []).filter((one) => one !== number);
  if (rest.length === 0) byObject.delete(oldest.objectKey);
  else byObject.set(oldest.objectKey, rest);
}

function largest(resources: ReadonlyMap<string, Resource>, start: [string, Resource]): [string, Resource] {
  let found = start;
  for (const entry of resources) if (entry[1].kept.size > found[1].kept.size) found = entry;
  return found;
}

/** Events come in batches, and not quite in order; RFC 3339 in UTC sorts as text. */
const latestFirst = (a: Change, b: Change): number => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0);

const resourceKey = ({ group, resource }: Pick<ChangedObject, 'group' | 'resource'>): string => `${resource}.${group}`;
const objectKey = ({ namespace, name }: Pick<ChangedObject, 'namespace' | 'name'>): string => `${namespace}/${name}`;
