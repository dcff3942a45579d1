import type { KubeObject } from '../../../src/k8s/object.ts';
import type { Json } from './json.ts';

/**
 * What kube-apiserver gives back of an object that it was given: its defaults (pkg/apis/networking/v1/defaults.go,
 * pkg/apis/rbac/v1/defaults.go), and without the fields that Go leaves out when they are empty (`omitempty`).
 * test/cluster/echo.test.ts holds it against a real API server.
 */
export function stored(object: KubeObject): KubeObject {
  switch (object.kind) {
    case 'NetworkPolicy':
      return { ...withoutEmpty(object), spec: policySpec(withoutEmpty(object).spec) };
    case 'Role':
      // `rules` is the one list that is printed when it is empty, as null.
      return { ...withoutEmpty(object), rules: nullIfEmpty(withoutEmpty(object).rules) };
    case 'RoleBinding':
      return roleBinding(withoutEmpty(object));
    default:
      return withoutEmpty(object);
  }
}

const policySpec = (spec: Json): Json => ({
  ...spec,
  podSelector: spec.podSelector ?? {},
  policyTypes: spec.policyTypes ?? (spec.egress === undefined ? ['Ingress'] : ['Ingress', 'Egress']),
  ...(spec.ingress === undefined ? {} : { ingress: spec.ingress.map(withPorts) }),
  ...(spec.egress === undefined ? {} : { egress: spec.egress.map(withPorts) }),
});

const withPorts = (rule: Json): Json =>
  rule.ports === undefined
    ? rule
    : { ...rule, ports: rule.ports.map((port: Json) => ({ ...port, protocol: port.protocol ?? 'TCP' })) };

const RBAC = 'rbac.authorization.k8s.io';

const roleBinding = ({ roleRef, subjects, ...binding }: Json): Json => ({
  ...binding,
  roleRef: { ...roleRef, apiGroup: roleRef.apiGroup ?? RBAC },
  ...(subjects === undefined
    ? {}
    : {
        subjects: subjects.map((subject: Json) =>
          subject.kind === 'ServiceAccount' ? subject : { ...subject, apiGroup: subject.apiGroup ?? RBAC },
        ),
      }),
});

const nullIfEmpty = (list: Json): Json => ((list ?? []).length === 0 ? null : list);

/** A map of labels is left out when it is empty; a selector, which is a pointer, is not. */
const OMITTED_MAPS: ReadonlySet<string> = new Set(['matchLabels', 'labels', 'annotations']);

function withoutEmpty(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => !isEmpty(key, item))
      .map(([key, item]) => [key, withoutEmpty(item)]),
  );
}

const isEmpty = (key: string, item: Json): boolean =>
  item === undefined ||
  item === null ||
  (Array.isArray(item) && item.length === 0) ||
  (OMITTED_MAPS.has(key) && Object.keys(item).length === 0);
