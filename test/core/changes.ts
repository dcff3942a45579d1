import type { Section } from '../../src/api/types.ts';
import { GATES } from '../../src/core/gates/gates.ts';
import type { NamespaceMemory } from '../../src/core/gates/memory.ts';
import { newMemory } from '../../src/core/gates/memory.ts';
import type { Permitted } from '../../src/core/gates/permitted.ts';
import { permitted } from '../../src/core/gates/permitted.ts';
import type { Claim } from '../../src/core/govern/governance.ts';
import type { Change, Plan } from '../../src/core/plan/change.ts';
import { ownLabels } from '../../src/core/plan/diff.ts';
import type { Entry } from '../../src/k8s/entry.ts';
import { baseline, entry, governed } from '../support/build.ts';

type Of<A extends Change['action']> = Extract<Change, { action: A }>;
const DESIRED = {
  apiVersion: 'networking.k8s.io/v1',
  labels: ownLabels('restricted', 'network.default-deny'),
  body: { spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } },
};
const base = (name: string, section: Section = 'network') => ({
  ref: { kind: section === 'network' ? 'NetworkPolicy' : 'Role', namespace: 'payments', name },
  section,
  control: section === 'network' ? 'network.default-deny' : 'rbac.roles',
  baseline: 'restricted',
  stage: 'guard' as const,
});

/** Changes as `planSection` makes them, by hand, for what follows the plan. */
export const liveOf = (name: string, resourceVersion = '1'): Entry =>
  entry('NetworkPolicy', name, DESIRED.body, { labels: DESIRED.labels, resourceVersion, uid: `uid-${name}` });
export const create = (name = 'drawbridge-d', more: Partial<Of<'create'>> = {}): Change => ({
  ...base(name),
  action: 'create',
  desired: DESIRED,
  ...more,
});
export const update = (name = 'drawbridge-d', more: Partial<Of<'update'>> = {}): Change => ({
  ...base(name),
  action: 'update',
  desired: DESIRED,
  live: liveOf(name),
  fields: ['/spec/ingress'],
  urgent: true,
  takeOver: false,
  ...more,
});
export const relabel = (name = 'drawbridge-d'): Change =>
  update(name, { urgent: false, fields: ['/metadata/labels/drawbridge.dev~1control'] });
export const recreate = (name = 'drawbridge-d', more: Partial<Of<'recreate'>> = {}): Change => ({
  ...base(name),
  action: 'recreate',
  desired: DESIRED,
  live: liveOf(name),
  reason: 'Terminating',
  ...more,
});
export const remove = (name: string, reason: Of<'delete'>['reason'] = 'NotDeclared', section?: Section): Change => ({
  ...base(name, section),
  action: 'delete',
  stage: 'prune-guard',
  live: liveOf(name),
  reason,
});

/** The claim of a baseline to the network section. */
export function claim(spec: Parameters<typeof baseline>[1] = {}): Claim {
  const governor = governed([baseline('restricted', spec)]).sections[0]?.governor;
  if (governor === undefined) throw new Error('nothing governs');
  return governor;
}

export interface Setting {
  readonly claim?: Claim;
  readonly memory?: NamespaceMemory;
  readonly nowMs?: number;
  readonly terminating?: boolean;
}

/** What the shipped gates permit of these changes. */
export function permit(changes: readonly Change[], setting: Setting = {}): Permitted {
  const { nowMs = 0, terminating = false, memory = newMemory(nowMs), claim: governor = claim() } = setting;
  const plan: Plan = { namespace: 'payments', changes };
  return permitted(plan, GATES, { terminating, claims: { network: governor, rbac: governor }, memory, nowMs });
}

export const reasonsOf = ({ withheld }: Permitted): readonly string[] => withheld.map(({ reason }) => reason);
