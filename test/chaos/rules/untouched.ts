import { OPERATOR_NAMESPACE, OPERATOR_USER } from '../../support/install.ts';
import type { AnyObject } from '../../support/kubeAdmin.ts';
import type { Observation, Violation } from '../observation.ts';
import type { Write } from '../write.ts';
import { describeWrite } from '../write.ts';

const RULE = 'what is not ours is not touched';

/** Nobody's objects but ours are written, not even in vain, and what others put on ours stays. */
export const untouchedViolations = (observation: Observation): readonly Violation[] => [
  ...foreignWrites(observation),
  ...changedBystanders(observation),
  ...lostNotes(observation),
];

function foreignWrites(observation: Observation): readonly Violation[] {
  const namespaces = new Set([
    ...Object.keys(observation.scenario.cast.namespaces),
    ...observation.done.flatMap(({ deed }) => (deed.do === 'createNamespace' ? [deed.namespace] : [])),
  ]);
  const removes = observation.done.some(({ deed }) => 'shape' in deed && deed.shape.removes);
  const mayRemove = removes || Object.values(observation.scenario.cast.baselines).some((shape) => shape.removes);
  return observation.writes
    .filter((write) => write.user === OPERATOR_USER && !isOwn(write, namespaces, mayRemove))
    .map((write) => ({ rule: RULE, what: describeWrite(write) }));
}

/** Whether a write is about something that is the operator's to write. */
function isOwn(write: Write, namespaces: ReadonlySet<string>, mayRemove: boolean): boolean {
  const { resource, subresource, namespace, name, verb } = write;
  if (isRefusedUnread(write)) return namespaces.has(namespace);
  switch (resource) {
    case 'networkpolicies':
      return namespaces.has(namespace) && (isOurName(name) || (mayRemove && verb === 'delete' && isOpener(name)));
    case 'roles':
    case 'rolebindings':
      return namespaces.has(namespace) && isOurName(name);
    case 'baselinereports':
      return namespaces.has(namespace) && name === 'drawbridge';
    case 'securitybaselines':
      return verb === 'patch' && ['', 'status'].includes(subresource);
    case 'leases':
      return namespace === OPERATOR_NAMESPACE && name === 'drawbridge';
    case 'events':
      return namespaces.has(namespace) || ['default', 'kube-system'].includes(namespace);
    default:
      return false;
  }
}

/**
 * A create that authorization refused was not read, so that the audit log has no name for it: an API server that begins may
 * not know its Roles yet. It can only be one of ours by its kind and namespace.
 */
const isRefusedUnread = ({ verb, code, name, resource }: Write): boolean =>
  verb === 'create' && code === 403 && name === '' && ['networkpolicies', 'roles', 'rolebindings'].includes(resource);

/** As scenarios name what they plant (clientDeeds.ts). */
const isReserved = (name: string): boolean => name.startsWith('drawbridge-reserved-');
const isOpener = (name: string): boolean => name.startsWith('open-') || isReserved(name);
const isOurName = (name: string): boolean => name.startsWith('drawbridge-') && !isReserved(name);

/** Policies, Roles and bindings of namespaces that no baseline selects, some of which look like ours. */
function changedBystanders({ snapshots, final, scenario }: Observation): readonly Violation[] {
  const bystanders = (objects: readonly AnyObject[]) =>
    new Map(
      objects
        .filter(({ kind }) => ['NetworkPolicy', 'Role', 'RoleBinding'].includes(kind))
        .filter(({ metadata }) =>
          [scenario.cast.outside, 'kube-system', 'default', OPERATOR_NAMESPACE].includes(metadata.namespace ?? ''),
        )
        .map(({ kind, metadata: m }) => [`${kind} ${m.namespace}/${m.name}`, `${m.uid} ${m.resourceVersion}`]),
    );
  const before = bystanders(snapshots[0]?.objects ?? []);
  const after = bystanders(final.objects);
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys]
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => ({
      rule: RULE,
      what: `${key} was ${before.get(key) ?? 'absent'} and is ${after.get(key) ?? 'absent'}`,
    }));
}

/**
 * The annotation of the last note on each policy is there, unless the policy is another one since. A repair that was outrun
 * twice goes without a version, and may lose what was written in that moment (THREATS 5).
 */
function lostNotes({ done, final, writes }: Observation): readonly Violation[] {
  const notes = new Map<string, { readonly note: string; readonly what: string }>();
  for (const { deed, noted } of done) {
    if (deed.do !== 'annotate') continue;
    for (const uid of noted) notes.set(uid, { note: deed.note, what: deed.namespace });
  }
  return final.objects.flatMap((object) => {
    const noted = notes.get(object.metadata.uid ?? '');
    if (noted === undefined || object.metadata.annotations?.note === noted.note) return [];
    if (wasOutrun(writes, object)) return [];
    return [{ rule: RULE, what: `${noted.what}/${object.metadata.name} lost its annotation ${noted.note}` }];
  });
}

/** Whether a write of ours to it followed two conflicts in a row. */
function wasOutrun(writes: readonly Write[], { metadata }: AnyObject): boolean {
  const codes = writes
    .filter(({ user, resource }) => user === OPERATOR_USER && resource === 'networkpolicies')
    .filter(({ namespace, name }) => namespace === metadata.namespace && name === metadata.name)
    .map(({ code }) => code);
  return codes.some((code, index) => code === 200 && codes[index - 1] === 409 && codes[index - 2] === 409);
}
