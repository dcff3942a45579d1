import type { KubeObject } from '../../../src/k8s/object.ts';

/** A set of roles with one thing less, and what that was. */
export interface Reduced {
  readonly objects: readonly KubeObject[];
  readonly without: string;
}

type Rule = Readonly<Record<string, readonly string[]>>;

/**
 * Every set of objects that has one piece less: a whole rule, or one verb, group, resource, name or path of one. A list's
 * last entry is the rule itself, and without its last name a rule is wider, so these are left to the whole rule.
 */
export function reductions(objects: readonly KubeObject[]): readonly Reduced[] {
  return objects.flatMap((object, at) => {
    const rules = (object.rules ?? []) as readonly Rule[];
    return rules.flatMap((rule, index) => {
      const with_ = (changed: readonly Rule[]): readonly KubeObject[] =>
        objects.with(at, { ...object, rules: [...rules.slice(0, index), ...changed, ...rules.slice(index + 1)] });
      const where = `${object.kind} ${object.metadata.namespace ?? ''} rule ${index}`;
      const entries = Object.entries(rule).flatMap(([field, items]) =>
        items.length === 1
          ? []
          : items.map((item) => ({
              objects: with_([{ ...rule, [field]: items.filter((other) => other !== item) }]),
              without: `${where} ${field} ${item}`,
            })),
      );
      return [{ objects: with_([]), without: where }, ...entries];
    });
  });
}
