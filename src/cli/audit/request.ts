import { scopeOf } from '../../audit/builtinKinds.ts';
import { catchAll } from '../../audit/compile/bounds.ts';
import { unknownVerb } from '../../audit/lints/unknownVerb.ts';
import type { AuditedRequest } from '../../audit/match.ts';
import { groupsOf, SOMEBODY } from '../../audit/subjects.ts';
import { UsageError } from '../exitCodes.ts';

/** A request, by flags. */
export interface RequestFlags {
  readonly verb?: string;
  /** `pods`, `pods/exec`, `deployments.apps/scale`. */
  readonly resource?: string;
  readonly subresource?: string;
  readonly group?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly path?: string;
  /** False: nobody authenticates. */
  readonly user?: string | false;
  readonly userGroup?: readonly string[];
}

/**
 * The request that flags describe, as an API server makes it of a URL.
 * @throws UsageError about one that no server can get
 */
export function requestOfFlags(flags: RequestFlags): AuditedRequest {
  const { verb, path, resource } = flags;
  if (verb === undefined)
    throw new UsageError('--verb is required: get, list, watch, create, update, patch, delete, …');
  if ((path === undefined) === (resource === undefined)) {
    throw new UsageError(
      'write either --resource, such as pods or deployments.apps/scale, or --path, such as /healthz',
    );
  }
  requireVerb(verb, path);
  const target = path === undefined ? resourceTarget(flags, resource ?? '', verb) : pathTarget(path);
  return { user: userOf(flags), verb, target };
}

type Target = AuditedRequest['target'];

function pathTarget(path: string): Target {
  if (!path.startsWith('/')) throw new UsageError(`--path ${path}: write a path that begins with a slash`);
  if (path.includes('?')) throw new UsageError(`--path ${path}: leave out the question mark and what follows`);
  // As requestinfo.go tells them apart: /api/v1/… and /apis/GROUP/VERSION/… are about resources.
  if (/^\/(api\/[^/]+|apis\/[^/]+\/[^/]+)\/[^/]+/.test(path)) {
    throw new UsageError(`--path ${path} is a request for a resource: describe it by --resource and --namespace`);
  }
  return { type: 'path', path };
}

function resourceTarget(flags: RequestFlags, text: string, verb: string): Target {
  const [, resource = '', ofName, sub] = /^([^./]+)(?:\.([^/]+))?(?:\/(.+))?$/.exec(text) ?? [];
  if (resource === '')
    throw new UsageError(`--resource ${text}: write one such as pods, pods/exec or deployments.apps`);
  const group = agreed('--group', ofName, flags.group) ?? '';
  const subresource = agreed('--subresource', sub, flags.subresource) ?? '';
  const name = flags.name ?? '';
  const isNamespace = group === '' && resource === 'namespaces';
  const namespace = isNamespace ? (agreed('--namespace', flags.name, flags.namespace) ?? '') : (flags.namespace ?? '');
  if (!isNamespace) requireScope({ group, resource, namespace, verb });
  return { type: 'resource', group, resource, subresource, namespace, name };
}

/** What is said in two ways must be the same. */
function agreed(flag: string, a: string | undefined, b: string | undefined): string | undefined {
  if (a !== undefined && b !== undefined && a !== b)
    throw new UsageError(`${flag} ${b} contradicts "${a}": leave one out`);
  return a ?? b;
}

/** Over all namespaces objects can only be listed and watched. */
const OVER_ALL: ReadonlySet<string> = new Set(['list', 'watch']);

function requireScope(about: {
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly verb: string;
}): void {
  const { group, resource, namespace, verb } = about;
  const scope = scopeOf(group, resource);
  if (scope === 'cluster' && namespace !== '') {
    throw new UsageError(`${resource} live in no namespace: leave --namespace out`);
  }
  if (scope === 'namespaced' && namespace === '' && !OVER_ALL.has(verb)) {
    throw new UsageError(`${resource} live in namespaces: add --namespace`);
  }
}

/** The lint knows what verbs there are, and what was meant. */
function requireVerb(verb: string, path: string | undefined): void {
  const resources = path === undefined ? [{ group: '', resources: [], resourceNames: [] }] : [];
  const nonResourceURLs = path === undefined ? [] : [path];
  const rule = { ...catchAll('Metadata'), verbs: [verb], resources, nonResourceURLs };
  const [said] = unknownVerb.check({ rules: [rule], omitStages: [], omitManagedFields: false }, {});
  const isStar = verb.includes('*');
  if (said !== undefined || isStar) throw new UsageError(`--verb ${verb}: ${said?.message ?? 'name one verb'}`);
}

function userOf({ user, userGroup = [] }: RequestFlags): AuditedRequest['user'] {
  if (user === false) {
    if (userGroup.length > 0) throw new UsageError('--no-user is nobody, who is in no group: leave --user-group out');
    return undefined;
  }
  const name = user ?? SOMEBODY.name;
  return { name, groups: [...new Set([...userGroup, ...groupsOf(name)])] };
}
