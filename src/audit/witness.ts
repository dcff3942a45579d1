import type { AuditedRequest } from './match.ts';
import type { AuditRule } from './policy.ts';

/** Somebody of whom no policy knows. */
const SOMEBODY = 'somebody';
const SOMEWHERE = 'somewhere';

export interface Target {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
}

/** `get pods/exec` by somebody, somewhere. */
export const requestOf = (verb: string, { group, resource, subresource }: Target): AuditedRequest => ({
  user: { name: SOMEBODY, groups: ['system:authenticated'] },
  verb,
  target: { type: 'resource', group, resource, subresource, namespace: SOMEWHERE, name: 'something' },
});

/** The requests about a target, by any of the verbs, that a rule may be meant for: with the names it asks for. */
export function requestsFor(rule: AuditRule, verbs: readonly string[], target: Target): readonly AuditedRequest[] {
  const wanted = rule.verbs.length === 0 ? verbs : verbs.filter((verb) => rule.verbs.includes(verb));
  const names = rule.resources.flatMap(({ resourceNames }) => resourceNames);
  const groups = ['system:authenticated', ...rule.userGroups.slice(0, 1)];
  return wanted.flatMap((verb) =>
    orOne(rule.users, SOMEBODY).flatMap((name) =>
      orOne(rule.namespaces, SOMEWHERE).flatMap((namespace) =>
        orOne(names, 'something').map(
          (object): AuditedRequest => ({
            user: { name, groups },
            verb,
            target: { type: 'resource', ...target, namespace, name: object },
          }),
        ),
      ),
    ),
  );
}

const orOne = (values: readonly string[], one: string): readonly string[] => (values.length === 0 ? [one] : values);

/** For people: `create serviceaccounts/token`. */
export function describeRequest({ verb, target }: AuditedRequest): string {
  if (target.type === 'path') return `${verb} ${target.path}`;
  return `${verb} ${target.resource}${target.subresource === '' ? '' : `/${target.subresource}`}`;
}
