import type { AuditPolicy, AuditRule, GroupResources, Level, Stage } from './policy.ts';

/** A request as the API server's filters know it when they decide how to audit it. */
export interface AuditedRequest {
  /** Of who authenticated; undefined where nobody did. */
  readonly user: { readonly name: string; readonly groups: readonly string[] } | undefined;
  readonly verb: string;
  readonly target:
    | {
        readonly type: 'resource';
        readonly group: string;
        readonly resource: string;
        /** `''`: none. */
        readonly subresource: string;
        /** `''`: of the cluster, or of all namespaces. */
        readonly namespace: string;
        /** `''`: a list, or a create. */
        readonly name: string;
      }
    | { readonly type: 'path'; readonly path: string };
}

/** How a request is audited, and by which rule. */
export interface Explanation {
  /** Its index; undefined: no rule matches, and the server records nothing. */
  readonly rule: number | undefined;
  readonly level: Level;
  /** The stages of which an event is made, in their order. Panic, which no request can foresee, is not among them. */
  readonly stages: readonly Stage[];
  /** In objects that are sent or answered; a patch is recorded as it was sent. */
  readonly omitManagedFields: boolean;
  readonly why: string;
}

/** What kube-apiserver does with a request under a policy: a port of apiserver/pkg/audit/policy/checker.go. */
export function explain(policy: AuditPolicy, request: AuditedRequest): Explanation {
  const index = policy.rules.findIndex((rule) => matches(rule, request));
  const rule = policy.rules[index];
  const level = rule?.level ?? 'None';
  const omitted = new Set([...policy.omitStages, ...(rule?.omitStages ?? [])]);
  return {
    rule: rule === undefined ? undefined : index,
    level,
    stages: level === 'None' ? [] : stagesOf(request).filter((stage) => !omitted.has(stage)),
    omitManagedFields: rule?.omitManagedFields ?? policy.omitManagedFields,
    why:
      rule === undefined
        ? 'no rule matches it, and what no rule matches is not recorded'
        : `rules[${index}] is the first that matches it`,
  };
}

/** Which stages a request comes to. One that is refused for want of a user is recorded by its answer alone (authn_audit.go). */
function stagesOf(request: AuditedRequest): readonly Stage[] {
  if (request.user === undefined) return ['ResponseStarted'];
  return isLongRunning(request)
    ? ['RequestReceived', 'ResponseStarted', 'ResponseComplete']
    : ['RequestReceived', 'ResponseComplete'];
}

/** As kube-apiserver is configured (pkg/controlplane/apiserver/config.go, BasicLongRunningRequestCheck). */
const LONG_VERBS: ReadonlySet<string> = new Set(['watch', 'proxy']);
const LONG_SUBRESOURCES: ReadonlySet<string> = new Set(['attach', 'exec', 'proxy', 'log', 'portforward']);

function isLongRunning({ verb, target }: AuditedRequest): boolean {
  if (LONG_VERBS.has(verb)) return true;
  return target.type === 'resource'
    ? LONG_SUBRESOURCES.has(target.subresource)
    : target.path.startsWith('/debug/pprof/');
}

/** Whether a rule is about a request. */
export function matches(rule: AuditRule, { user, verb, target }: AuditedRequest): boolean {
  if (rule.users.length > 0 && !(user !== undefined && rule.users.includes(user.name))) return false;
  if (rule.userGroups.length > 0 && !user?.groups.some((group) => rule.userGroups.includes(group))) return false;
  if (rule.verbs.length > 0 && !rule.verbs.includes(verb)) return false;
  if (rule.namespaces.length > 0 || rule.resources.length > 0) {
    return target.type === 'resource' && matchesResource(rule, target);
  }
  if (rule.nonResourceURLs.length === 0) return true;
  return target.type === 'path' && rule.nonResourceURLs.some((url) => matchesPath(url, target.path));
}

type Resource = Extract<AuditedRequest['target'], { type: 'resource' }>;

function matchesResource({ namespaces, resources }: AuditRule, target: Resource): boolean {
  if (namespaces.length > 0 && !namespaces.includes(target.namespace)) return false;
  return resources.length === 0 || resources.some((one) => matchesGroup(one, target));
}

export function matchesGroup({ group, resources, resourceNames }: GroupResources, target: Resource): boolean {
  if (group !== '*' && group !== target.group) return false;
  if (resources.length === 0) return true;
  if (resourceNames.length > 0 && !resourceNames.includes(target.name)) return false;
  return resources.some((pattern) => matchesName(pattern, target));
}

/** `pods` is not `pods/exec`: a subresource is meant only where it is named, or by a star. */
function matchesName(pattern: string, { resource, subresource }: Resource): boolean {
  const combined = subresource === '' ? resource : `${resource}/${subresource}`;
  if (pattern === '*' || pattern === combined) return true;
  if (subresource !== '' && pattern === `*/${subresource}`) return true;
  return pattern === `${resource}/*`;
}

export const matchesPath = (pattern: string, path: string): boolean =>
  pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, '')));
