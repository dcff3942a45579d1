import { GRANTABLE_ROLE } from '../../api/names.ts';
import type { Projection } from '../../k8s/entry.ts';
import { list, record, text, texts } from '../../k8s/json.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { PolicyRule } from '../../k8s/policyRule.ts';
import { isShippedToAll } from '../../k8s/rbac/everyones.ts';
import type { GrantedRights } from '../../k8s/rbac/grantedRights.ts';
import { rightsOf } from '../../k8s/rbac/grantedRights.ts';
import type { BindingBody, ClusterRoleBody, RoleBody } from '../model/bodies.ts';
import { selectorOf } from '../reach/openSelector.ts';
import { hasReservedName, projectOwn } from './projectOwn.ts';
import { subjectsIn } from './subjectsIn.ts';

/** Beyond this an object of somebody else is not judged (THREATS 6). */
const MAX_BYTES = 256 * 1024;

const NOTHING: GrantedRights = Object.freeze({ inNamespace: [], inCluster: [] });
const NO_LABELS = Object.freeze({});
const TOO_LARGE: RoleBody = Object.freeze({ rights: [], tooLarge: true });

/** Under our prefix whole; of others only what their rules come to, and nothing of those that come to nothing. */
export function projectRole(raw: KubeObject, bytes: number): Projection | undefined {
  if (hasReservedName(raw)) return projectOwn(raw, bytes);
  const body = bytes > MAX_BYTES ? TOO_LARGE : roleBody(record(raw).rules);
  return body.rights.length === 0 && body.tooLarge !== true ? undefined : hashed({ body, labels: NO_LABELS });
}

/** What the rules of a Role come to. */
export const roleBody = (rules: unknown): RoleBody => ({ rights: rightsOf(list(rules).map(ruleOf)).inNamespace });

/** Under our prefix whole; of others the role and who is bound. */
export const projectRoleBinding = (raw: KubeObject, bytes: number): Projection =>
  hasReservedName(raw) ? projectOwn(raw, bytes) : hashed(projectClusterRoleBinding(raw, bytes));

/** What is kept is not all: whether it is still what was waived, the hash of the whole says. */
const hashed = (kept: Projection<RoleBody | BindingBody>): Projection =>
  kept.body.tooLarge === true ? kept : { ...kept, hashed: true };

export const projectClusterRoleBinding = (raw: KubeObject, bytes: number): Projection<BindingBody> => ({
  body: bindingBody(record(raw), bytes > MAX_BYTES),
  labels: NO_LABELS,
});

/** @param tooLarge whether its subjects are too many to be looked at */
export function bindingBody(raw: Readonly<Record<string, unknown>>, tooLarge = false): BindingBody {
  const { kind, name } = record(raw.roleRef);
  const roleRef = { kind: text(kind), name: text(name) };
  return tooLarge
    ? { roleRef, subjects: { named: [], more: 0, everybody: [] }, tooLarge }
    : { roleRef, subjects: subjectsIn(raw.subjects, roleRef.name) };
}

/** What the rules come to, and what it aggregates; of the one that bounds baselines the rules themselves (THREATS 9). */
export function projectClusterRole(raw: KubeObject, bytes: number): Projection<ClusterRoleBody> {
  const name = text(record(record(raw).metadata).name);
  const isGrantable = name === GRANTABLE_ROLE;
  if (bytes > MAX_BYTES && !isGrantable) return { body: { rights: NOTHING, tooLarge: true }, labels: NO_LABELS };
  const rules = list(record(raw).rules).map(ruleOf);
  const aggregates = list(record(record(raw).aggregationRule).clusterRoleSelectors).map(selectorOf);
  return {
    body: {
      rights: rightsOf(rules),
      ...(isGrantable ? { rules } : {}),
      ...(aggregates.length === 0 ? {} : { aggregates }),
      ...(isShippedToAll(name, rules) ? { shippedToAll: true } : {}),
    },
  };
}

function ruleOf(value: unknown): PolicyRule {
  const { apiGroups, resources, verbs, resourceNames, nonResourceURLs } = record(value);
  return {
    apiGroups: texts(apiGroups),
    resources: texts(resources),
    verbs: texts(verbs),
    resourceNames: texts(resourceNames),
    nonResourceURLs: texts(nonResourceURLs),
  };
}
