import { NAME_PREFIX } from '../../api/names.ts';
import type { NetworkSpec } from '../../api/types.ts';
import { boundedName } from '../../k8s/boundedName.ts';

export const DEFAULT_DENY = `${NAME_PREFIX}default-deny`;
export const ALLOW_DNS = `${NAME_PREFIX}allow-dns`;
export const ALLOW_API_SERVER = `${NAME_PREFIX}allow-api-server`;
export const ALLOW_SAME_NAMESPACE = `${NAME_PREFIX}allow-same-namespace`;

/** Before the name of the Service that the API server calls. */
export const CALLBACK_PREFIX = `${NAME_PREFIX}callback-`;
export const callbackName = (service: string): string => boundedName(`${CALLBACK_PREFIX}${service}`);

/** No rule can take a fixed name: `rule-` stands before whatever the user wrote. */
export const ruleName = (name: string): string => boundedName(`${NAME_PREFIX}rule-${name}`);

export type Direction = 'Ingress' | 'Egress';

export const denies = (spec: NetworkSpec, direction: Direction): boolean => spec.defaultDeny.includes(direction);

/**
 * Directions of `allow.sameNamespace` that are denied. Allowing a direction that is not denied would isolate the pods in
 * it (any policy of a direction does), and an allowance must never take away.
 */
export const sameNamespaceDirections = (spec: NetworkSpec): readonly Direction[] =>
  (['Ingress', 'Egress'] as const).filter(
    (direction) => denies(spec, direction) && spec.allow?.sameNamespace?.includes(direction) === true,
  );
