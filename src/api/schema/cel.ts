/**
 * A rule that the API server checks when an object is written. `message` says what to write instead: it is all that the
 * writer gets to see. `messageExpression` replaces it where the sentence can name the value.
 */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
  readonly messageExpression?: string;
}

/** The keyword under which a schema carries its rules into the CRD. */
export const celRules = (...rules: readonly CelRule[]) => ({ 'x-kubernetes-validations': rules });

/** A list in which names are unique; two writers that apply to it own their own entries. */
export const LIST_BY_NAME = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] } as const;

/** A list without duplicates, in any order. */
export const LIST_AS_SET = { 'x-kubernetes-list-type': 'set' } as const;

/** A list that is replaced as a whole, as in networking.k8s.io/v1 and rbac.authorization.k8s.io/v1. */
export const LIST_AS_WHOLE = { 'x-kubernetes-list-type': 'atomic' } as const;
