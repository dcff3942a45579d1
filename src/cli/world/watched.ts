import type { KindRow } from '../../core/kinds/kinds.ts';
import { record, text, textRecord } from '../../k8s/json.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { LabelSelector } from '../../k8s/selector.ts';
import { matchesSelector } from '../../k8s/selector.ts';

/**
 * Whether the operator's watch of a kind would bring an object: some are narrowed on the server, and files hold all there
 * is. Selectors are in the words of the API, as rows of core/kinds have them.
 */
export const isWatched = ({ fieldSelector, labelSelector }: KindRow, object: KubeObject): boolean =>
  partsOf(fieldSelector).every((part) => matchesField(part, object)) &&
  matchesSelector({ matchExpressions: partsOf(labelSelector).map(requirementOf) }, textRecord(object.metadata.labels));

/** Apart at commas that stand in no parentheses. */
const partsOf = (selector: string | undefined): readonly string[] =>
  selector === undefined ? [] : selector.split(/,(?![^(]*\))/).map((part) => part.trim());

/** `metadata.name=default`, `status.phase!=Succeeded`; a field that is not there is the empty text. */
function matchesField(part: string, object: KubeObject): boolean {
  const [, path = '', not, value = ''] = /^([^!=]+)(!?)==?(.*)$/.exec(part) ?? [];
  const have = path.split('.').reduce<unknown>((at, name) => record(at)[name], object);
  return (text(have) === value) !== (not === '!');
}

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

function requirementOf(part: string): Requirement {
  const [, key = '', not, values] = /^(\S+)\s+(not)?in\s+\(([^)]*)\)$/.exec(part) ?? [];
  if (values !== undefined) {
    const list = values.split(',').map((value) => value.trim());
    return { key, operator: not === undefined ? 'In' : 'NotIn', values: list };
  }
  const [, name = '', unequal, value] = /^([^!=\s]+)\s*(!?)==?\s*(.*)$/.exec(part) ?? [];
  if (value !== undefined) return { key: name, operator: unequal === '!' ? 'NotIn' : 'In', values: [value] };
  return part.startsWith('!')
    ? { key: part.slice(1).trim(), operator: 'DoesNotExist' }
    : { key: part, operator: 'Exists' };
}
