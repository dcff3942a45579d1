import { scopeOf } from './builtinKinds.ts';
import type { AuditedRequest } from './match.ts';
import { explain } from './match.ts';
import type { AuditPolicy, AuditRule } from './policy.ts';
import { SOMEBODY, subjectsOf } from './subjects.ts';

const SOMEWHERE = 'somewhere';
const SOMETHING = 'something';
/** Requests for a collection; and creates, of which the name is not known when the policy is asked. */
const NAMELESS: ReadonlySet<string> = new Set(['create', 'list', 'watch', 'deletecollection']);
/** What is served over all namespaces of a kind that lives in them. */
const OVER_ALL: ReadonlySet<string> = new Set(['list', 'watch']);

export interface Target {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
}

/**
 * Something that a server may be asked for. Where it is not known whether a kind lives in namespaces there are two
 * requests, of which one can be: what a lint says must hold for both.
 */
export type Deed = readonly AuditedRequest[];

/** `get pods/exec` by somebody, somewhere. */
export const requestOf = (verb: string, { group, resource, subresource }: Target): AuditedRequest => ({
  user: SOMEBODY,
  verb,
  target: { type: 'resource', group, resource, subresource, namespace: SOMEWHERE, name: nameOf(verb, subresource) },
});

/** What is done to a target, by any of the verbs, that a rule may be meant for: with the names it asks for. */
export function deedsFor(rule: AuditRule, verbs: readonly string[], target: Target): readonly Deed[] {
  const names = namesOf(rule, target);
  const wanted = rule.verbs.length === 0 ? verbs : verbs.filter((verb) => rule.verbs.includes(verb));
  return wanted.flatMap((verb) => {
    const isNameless = NAMELESS.has(verb) && target.subresource === '';
    const places = placesOf(rule.namespaces, verb, target);
    return subjectsOf(rule).flatMap((user) =>
      places.flatMap((namespaces) =>
        (isNameless || names.length === 0 ? [nameOf(verb, target.subresource)] : names).map((name) =>
          namespaces.map(
            (namespace): AuditedRequest => ({
              user,
              verb,
              // The namespace of a request for a Namespace is that one itself (requestinfo.go).
              target: { type: 'resource', ...target, namespace: isNamespace(target) ? name : namespace, name },
            }),
          ),
        ),
      ),
    );
  });
}

const isNamespace = ({ group, resource }: Target): boolean => group === '' && resource === 'namespaces';

function namesOf({ resources, namespaces }: AuditRule, target: Target): readonly string[] {
  const names = resources.flatMap(({ resourceNames }) => resourceNames);
  return (names.length === 0 && isNamespace(target) ? namespaces : names).filter((name) => !name.includes('*'));
}

/** Whether a rule is the one that decides how a deed is recorded. */
export const isDecidedBy = (policy: AuditPolicy, deed: Deed, rule: number): boolean =>
  deed.every((one) => explain(policy, one).rule === rule);

const nameOf = (verb: string, subresource: string): string =>
  NAMELESS.has(verb) && subresource === '' ? '' : SOMETHING;

/** The namespaces of one deed, for each that can be under a rule. */
function placesOf(namespaces: readonly string[], verb: string, target: Target): readonly (readonly string[])[] {
  const scope = scopeOf(target.group, target.resource);
  if (scope === 'cluster') return [['']];
  const named = namespaces.length === 0 ? [SOMEWHERE] : namespaces.filter((one) => one !== '' && !one.includes('*'));
  if (scope === undefined) return named.map((one) => [one, '']);
  const overAll = OVER_ALL.has(verb) ? [['']] : [];
  return [...named.map((one) => [one]), ...overAll];
}

/** For people: `create serviceaccounts/token`. */
export function describeRequest({ verb, target }: AuditedRequest): string {
  if (target.type === 'path') return `${verb} ${target.path}`;
  return `${verb} ${target.resource}${target.subresource === '' ? '' : `/${target.subresource}`}`;
}
