import type { AdmissionAction } from '../../api/types.ts';
import type { Labels } from '../../k8s/object.ts';

/** A named CEL expression; evaluated once, and only where something asks for it. */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

export interface Validation {
  /** False refuses the request. */
  readonly expression: string;
  /** What is said then, a CEL expression: who refuses, and what to do instead. */
  readonly say: string;
}

export interface ResourceRule {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly string[];
  readonly operations: readonly ('CREATE' | 'UPDATE' | 'DELETE')[];
}

/** One thing that is refused, at one action. */
export interface Refusal {
  /** Such as `own-objects`. */
  readonly topic: string;
  readonly action: AdmissionAction;
  readonly about: readonly ResourceRule[];
  /** Only objects with these labels; absent: all. Anybody may leave them off. */
  readonly onlyLabeled?: Labels;
  /** All must hold for a request to be looked at, beside that nobody who is exempt asks. */
  readonly conditions: readonly Variable[];
  readonly variables: readonly Variable[];
  readonly validations: readonly Validation[];
  /** The operator is refused as well. */
  readonly exemptsNobody?: boolean;
}

/** Whether the requester may do all the same: asked last, because it costs an authorization. */
export const MAY_OVERRIDE: Variable = {
  name: 'mayOverride',
  expression: "authorizer.group('drawbridge.dev').resource('securitybaselines').check('override').allowed()",
};

/** Where those who are refused read on. */
export const OR_OVERRIDE = ', or ask somebody who may override securitybaselines.drawbridge.dev';

/** Who writes our objects without tampering with them. */
const SYSTEM_WRITERS: readonly string[] = [
  // Owners and finalizers, and what goes with its namespace.
  'system:serviceaccount:kube-system:generic-garbage-collector',
  'system:serviceaccount:kube-system:namespace-controller',
  // Both of them, where controllers have no ServiceAccounts of their own.
  'system:kube-controller-manager',
];

/** First of the conditions, and plain: a condition that is false ends the matter, whatever goes wrong in the others. */
const exempt = (operator: string): Variable => ({
  name: 'not-exempt',
  expression: `!(request.userInfo.username in ${JSON.stringify([operator, ...SYSTEM_WRITERS])})`,
});

/** MatchResources, with every default as the API server stores it. */
export const matching = (about: readonly ResourceRule[], matchLabels?: Labels): Readonly<Record<string, unknown>> => ({
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: matchLabels === undefined ? {} : { matchLabels },
  resourceRules: about.map(({ group, version, resources, operations }) => ({
    apiGroups: [group],
    apiVersions: [version],
    resources,
    operations,
    scope: '*',
  })),
});

/** 403; the default is 422, which says that the object is wrong. */
const REFUSED = 'Forbidden';

/**
 * The spec of a ValidatingAdmissionPolicy, with every default as the API server stores it. It fails closed: what cannot be
 * judged is refused. `baselines`: whose wishes it was made of, by which a later process knows (controls/admission/wish).
 */
export const policySpec = (
  { about, onlyLabeled, conditions, variables, validations, exemptsNobody }: Refusal,
  operator: string,
  baselines: readonly string[],
): Readonly<Record<string, unknown>> => ({
  failurePolicy: 'Fail',
  matchConstraints: matching(about, onlyLabeled),
  matchConditions: [...(exemptsNobody === true ? [] : [exempt(operator)]), ...conditions],
  variables: [{ name: BASELINES_VARIABLE, expression: JSON.stringify(baselines) }, ...variables],
  validations: validations.map(({ expression, say }) => ({
    expression,
    message: 'Drawbridge holds this: change the SecurityBaseline instead',
    messageExpression: say,
    reason: REFUSED,
  })),
});

export const BASELINES_VARIABLE = 'baselines';

/** Each action is also noted in the audit log. */
export const validationActions = (action: AdmissionAction): readonly string[] =>
  action === 'Audit' ? ['Audit'] : [action, 'Audit'];
