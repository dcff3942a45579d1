import type { Choices } from './choices.ts';
import type { Shape } from './shape.ts';
import { RULE_NAMES } from './shape.ts';

export type NamespaceLabels = Readonly<Record<string, string>>;

/** Who takes part in a scenario: its namespaces and baselines, as they are at the start. Names contain the seed. */
export interface Cast {
  readonly namespaces: Readonly<Record<string, NamespaceLabels>>;
  readonly baselines: Readonly<Record<string, Shape>>;
  /** No baseline ever selects it; it holds objects that look like ours. */
  readonly outside: string;
  /** Labels a namespace may have, most of them selected. */
  readonly labels: readonly [NamespaceLabels, ...NamespaceLabels[]];
}

/** The labels that this seed's baselines select by. */
export const SELECTED = 'chaos';
export const TIER = 'tier';
export const BRIEF = 'brief';

const PLAIN: Omit<Shape, 'selects'> = {
  excluded: [],
  enforcement: 'Enforce',
  suspend: false,
  priority: 0,
  deletionPolicy: 'Retain',
  egress: true,
  rules: ['from-ingress'],
  removes: false,
  rbac: 'binding',
};

/** Three baselines: one for all, one for some of these beside it, and one that cleans up after itself. */
export function castOf(seed: number, choose: Choices): Cast {
  const id = `c${seed}`;
  const all = { [SELECTED]: id };
  const front = { ...all, [TIER]: 'front' };
  const brief = { [BRIEF]: id };
  const labels: readonly [NamespaceLabels, ...NamespaceLabels[]] = [all, front, front, brief, { ...all, ...brief }];
  const count = choose.between(4, 6);
  const namespaces = Array.from({ length: count }, (_, index) => [
    `${id}-${index}`,
    labels[index] ?? choose.of(labels),
  ]);
  return {
    outside: `${id}-outside`,
    labels: [...labels, {}, { unrelated: id }],
    namespaces: Object.fromEntries(namespaces),
    baselines: {
      [`${id}-all`]: { ...PLAIN, selects: all, egress: choose.chance(0.8) },
      [`${id}-front`]: {
        ...PLAIN,
        selects: front,
        priority: choose.of([10, 10, 0, -10]),
        enforcement: choose.of(['Enforce', 'Enforce', 'Audit']),
        egress: choose.chance(0.6),
        rules: RULE_NAMES.filter(() => choose.chance(0.5)),
        removes: choose.chance(0.5),
        rbac: choose.of(['none', 'role', 'binding']),
      },
      [`${id}-brief`]: { ...PLAIN, selects: brief, priority: 5, deletionPolicy: 'Delete', rbac: 'role' },
    },
  };
}

/** Another shape, and what differs in a word. Many small edits, as people make them. */
export function edited(choose: Choices, shape: Shape, namespaces: readonly string[]): readonly [Shape, string] {
  const what = choose.weighted({
    rules: 3,
    egress: 2,
    priority: 2,
    // A baseline at rest tests little: it does not stay so for long.
    enforcement: shape.enforcement === 'Audit' ? 6 : 2,
    suspend: shape.suspend ? 6 : 1.5,
    rbac: 1.5,
    deletionPolicy: 1,
    excluded: 1,
    removes: 1,
  });
  const next: Partial<Shape> = {
    rules: () => ({ rules: RULE_NAMES.filter(() => choose.chance(0.5)) }),
    egress: () => ({ egress: !shape.egress }),
    priority: () => ({ priority: choose.of([-20, 0, 0, 20]) }),
    enforcement: () => ({ enforcement: shape.enforcement === 'Audit' ? ('Enforce' as const) : ('Audit' as const) }),
    suspend: () => ({ suspend: !shape.suspend }),
    rbac: () => ({ rbac: choose.of(['none', 'role', 'binding'] as const) }),
    deletionPolicy: () => ({
      deletionPolicy: shape.deletionPolicy === 'Delete' ? ('Retain' as const) : ('Delete' as const),
    }),
    excluded: () => ({ excluded: shape.excluded.length > 0 ? [] : namespaces.slice(0, 1) }),
    removes: () => ({ removes: !shape.removes }),
  }[what]();
  return [{ ...shape, ...next }, what];
}
