import type { AuditedRequest } from '../../audit/match.ts';
import { explain } from '../../audit/match.ts';
import { mismatch } from '../../audit/mismatch.ts';
import type { AuditPolicy, Level } from '../../audit/policy.ts';
import type { Position } from '../files/position.ts';
import { columns } from '../format/columns.ts';
import { shortPrintable } from '../printable.ts';

/** How one request is audited under a policy, and why; as it is written by `-o json`. */
export interface RequestExplanation {
  readonly request: string;
  readonly recorded: boolean;
  readonly level: Level;
  readonly stages: readonly string[];
  readonly omitManagedFields: boolean;
  /** Null: no rule matches. */
  readonly rule: RuleAt | null;
  /** The rules before it. */
  readonly passedOver: readonly (RuleAt & { readonly because: string })[];
  readonly why: string;
}

interface RuleAt extends Position {
  readonly path: string;
  readonly file: string;
}

export function explanationOf(
  policy: AuditPolicy,
  request: AuditedRequest,
  file: string,
  positionOf: (path: string) => Position,
): RequestExplanation {
  const { rule, level, stages, omitManagedFields } = explain(policy, request);
  const at = (index: number): RuleAt => ({ path: `rules[${index}]`, file, ...positionOf(`rules[${index}]`) });
  return {
    request: describe(request),
    recorded: level !== 'None' && stages.length > 0,
    level,
    stages,
    omitManagedFields,
    rule: rule === undefined ? null : at(rule),
    passedOver: policy.rules.slice(0, rule ?? policy.rules.length).map((one, index) => ({
      ...at(index),
      because: shortPrintable(mismatch(one, request) ?? ''),
    })),
    why: whyOf(level, stages, rule),
  };
}

function whyOf(level: Level, stages: readonly string[], rule: number | undefined): string {
  if (rule === undefined) return 'no event: no rule matches the request, and what no rule matches is not recorded';
  if (level === 'None') return `no event: rules[${rule}] is the first that matches the request, and its level is None`;
  if (stages.length === 0)
    return `no event: rules[${rule}] matches first, and every stage that the request comes to is omitted`;
  return `rules[${rule}] is the first that matches the request`;
}

function describe({ user, verb, target }: AuditedRequest): string {
  const who = user === undefined ? 'nobody, who fails to authenticate' : `${user.name} (${user.groups.join(', ')})`;
  if (target.type === 'path') return shortPrintable(`${verb} ${target.path} by ${who}`);
  const { group, resource, subresource, namespace, name } = target;
  const what = `${resource}${group === '' ? '' : `.${group}`}${subresource === '' ? '' : `/${subresource}`}`;
  const where = namespace === '' ? '' : ` in namespace ${namespace}`;
  return shortPrintable(`${verb} ${what}${name === '' ? '' : ` "${name}"`}${where} by ${who}`);
}

/** For people. */
export function explanationText(explanation: RequestExplanation): string {
  const { request, level, stages, rule, passedOver, omitManagedFields, why } = explanation;
  const rows = [
    ['request', request],
    ['answer', why],
    ['rule', rule === null ? 'none' : placeOf(rule)],
    ['level', level],
    ['stages', stages.length === 0 ? 'none' : stages.join(', ')],
    ...(level === 'Request' || level === 'RequestResponse'
      ? [['managed fields', omitManagedFields ? 'left out' : 'recorded']]
      : []),
    ...passedOver.map((one) => ['passed over', `${placeOf(one)}: ${one.because}`]),
  ];
  return columns(
    rows.map((row) => row.map((text) => ({ text }))),
    (_style, text) => text,
  );
}

const placeOf = ({ path, file, line, column }: RuleAt): string => `${path} at ${file}:${line}:${column}`;
