import fc from 'fast-check';
import type { PodSecurityLevels } from '../../../src/api/types.ts';
import type { View } from '../../../src/core/control/view.ts';
import type { FactName, Facts } from '../../../src/core/facts/facts.ts';
import type { Held } from '../../../src/core/govern/held.ts';
import type { KubeObject, Labels } from '../../../src/k8s/object.ts';
import { servingFacts } from '../../support/arbitrary/facts.ts';
import { labels } from '../../support/arbitrary/labels.ts';
import { strayObject } from '../../support/arbitrary/liveObjects.ts';
import { workloadObject } from '../../support/arbitrary/workloads.ts';
import { viewWith } from '../fixtures.ts';

/** What a view is made of, as values that fast-check can shrink. */
export interface AnyView {
  readonly labels: Labels;
  readonly facts: Facts;
  readonly objects: readonly KubeObject[];
  readonly held: 'never' | 'closed' | 'raised';
  readonly claim: View['claim'];
  /** Kinds that are not known yet; absent: none. */
  readonly unknown?: readonly string[];
}

const levelLabels = fc.dictionary(
  fc.constantFrom('enforce', 'audit', 'warn', 'enforce-version').map((name) => `pod-security.kubernetes.io/${name}`),
  fc.constantFrom('baseline', 'restricted', 'v1.25', 'latest', 'nonsense'),
  { maxKeys: 3, noNullPrototype: true },
);

const service = fc.constantFrom<KubeObject>(
  ...[{ app: 'web' }, undefined].map((selector) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'webhooks', namespace: 'payments' },
    spec: { ports: [{ port: 443, protocol: 'TCP' }], ...(selector === undefined ? {} : { selector }) },
  })),
);

const namespace = (has: Labels): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'payments', labels: has },
});

export const viewParts: fc.Arbitrary<AnyView> = fc
  .record({
    labels: fc.tuple(labels, levelLabels).map(([some, levels]) => ({ ...some, ...levels })),
    facts: servingFacts,
    objects: fc.array(fc.oneof(strayObject(), workloadObject, service), { maxLength: 6 }),
    held: fc.constantFrom('never' as const, 'closed' as const, 'raised' as const),
    claim: fc.record({ acts: fc.boolean(), named: fc.boolean() }),
  })
  .map((parts) => ({ ...parts, objects: [...parts.objects, namespace(parts.labels)] }));

const LEVELS: PodSecurityLevels = { enforce: { level: 'baseline', version: 'latest' } };
const record = (more: object): Held[number] => ({
  section: 'network',
  baseline: 'b',
  baselineUid: 'u',
  selectedBy: [],
  ...more,
});
const HELD: Readonly<Record<AnyView['held'], Held>> = {
  never: [],
  closed: [record({ closed: ['Ingress', 'Egress'] })],
  raised: [record({ closed: ['Ingress'] }), record({ section: 'podSecurity', levels: LEVELS })],
};

export const viewOfParts = ({ held, ...parts }: AnyView): View => viewWith({ ...parts, held: HELD[held] });

/** A view that notes which kinds and facts are looked at. */
export function watchedView(parts: AnyView): { view: View; kinds: Set<string>; facts: Set<FactName> } {
  const inner = viewOfParts(parts);
  const kinds = new Set<string>();
  const seen = new Set<FactName>();
  const facts = new Proxy(inner.facts, {
    get: (target, name) => {
      seen.add(name as FactName);
      return Reflect.get(target, name);
    },
  });
  const view: View = {
    ...inner,
    facts,
    live: (kind, name) => {
      kinds.add(kind);
      return inner.live(kind, name);
    },
    liveOf: (kind) => {
      kinds.add(kind);
      return inner.liveOf(kind);
    },
  };
  return { view, kinds, facts: seen };
}

/** So that whoever writes into it throws. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) frozen(item);
    Object.freeze(value);
  }
  return value;
}
