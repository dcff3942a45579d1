import type { SubjectSpec } from '../../api/types.ts';
import type { View } from '../../core/control/view.ts';
import { quoteForeign } from '../../core/model/finding.ts';
import { RBAC_GROUP } from './names.ts';

/** A subject as the API server returns it. */
export type Subject =
  | { readonly kind: 'User' | 'Group'; readonly apiGroup: string; readonly name: string }
  | { readonly kind: 'ServiceAccount'; readonly name: string; readonly namespace: string };

export interface SubjectProblem {
  readonly reason: 'SubjectLabelMissing' | 'SubjectRefused';
  readonly message: string;
}

/** Who writes the label must not choose the whole name (THREATS 12). */
const MIN_LITERAL = 3;
const MAX_NAME = 253;
const PLACEHOLDER = /\$\(([^()]*)\)/g;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** The subject for one namespace, or why there is none. */
export function renderSubject(subject: SubjectSpec, view: View): Subject | SubjectProblem {
  const name = renderName(subject.name, view);
  if (typeof name !== 'string') return name;
  const problem = problemOf(subject, name);
  if (problem !== undefined) return refused(`${subject.kind} "${quoteForeign(name)}" ${problem}`);
  return subject.kind === 'ServiceAccount'
    ? { kind: 'ServiceAccount', name, namespace: subject.namespace ?? view.namespace }
    : { kind: subject.kind, apiGroup: RBAC_GROUP, name };
}

export const isProblem = (result: Subject | SubjectProblem): result is SubjectProblem => 'reason' in result;

/** Substitutes `$(namespace.name)` and `$(namespace.labels.KEY)`. */
function renderName(template: string, view: View): string | SubjectProblem {
  const literal = template.indexOf('$(');
  if (literal < 0) return template;
  if (literal < MIN_LITERAL) {
    return refused(`"${template}" must start with at least ${MIN_LITERAL} characters before $(…)`);
  }
  let problem: SubjectProblem | undefined;
  const rendered = template.replace(PLACEHOLDER, (_whole, path: string) => {
    const value = placeholderValue(path, view);
    if (typeof value === 'string') return value;
    problem ??= value;
    return '';
  });
  if (problem !== undefined) return problem;
  return rendered.includes('$(') ? refused(`"${template}" has a $( without its )`) : rendered;
}

function placeholderValue(path: string, view: View): string | SubjectProblem {
  if (path === 'namespace.name') return view.namespace;
  if (!path.startsWith('namespace.labels.'))
    return refused(`$(${path}) is not known: use namespace.name or namespace.labels.KEY`);
  const key = path.slice('namespace.labels.'.length);
  const value = Object.hasOwn(view.labels, key) ? view.labels[key] : undefined;
  if (value === undefined) {
    return { reason: 'SubjectLabelMissing', message: `the namespace has no label ${quoteForeign(key)}` };
  }
  return value === '' ? refused(`the namespace's label ${quoteForeign(key)} is empty`) : value;
}

/** What is wrong with a rendered name. Names that start with `system:` are the cluster's own. */
function problemOf(subject: SubjectSpec, name: string): string | undefined {
  if (name === '' || name.trim() !== name) return 'is empty or starts or ends with a space';
  if (name.length > MAX_NAME) return `has more than ${MAX_NAME} characters`;
  if (/^system:/i.test(name)) return "is one of the cluster's own (system:…)";
  if (/\p{Cc}/u.test(name)) return 'has control characters';
  if (subject.kind !== 'ServiceAccount') return subject.namespace === undefined ? undefined : 'cannot have a namespace';
  if (!DNS_SUBDOMAIN.test(name)) return 'is no name that a ServiceAccount can have';
  const { namespace } = subject;
  return namespace === undefined || DNS_LABEL.test(namespace) ? undefined : 'has a namespace that cannot be';
}

const refused = (message: string): SubjectProblem => ({ reason: 'SubjectRefused', message });
