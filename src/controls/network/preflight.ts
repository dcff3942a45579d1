import { NAME_PREFIX } from '../../api/names.ts';
import type { NetworkSpec } from '../../api/types.ts';
import { perSpec } from '../../core/control/perSpec.ts';
import type { View } from '../../core/control/view.ts';
import { list, record, texts } from '../../k8s/json.ts';
import { callbackSources } from './callbackSources.ts';
import type { ServedCallback } from './callbacks.ts';
import { callbacksIn } from './callbacks.ts';
import type { Direction } from './names.ts';
import { DEFAULT_DENY, denies } from './names.ts';
import { nodeAgentsIn } from './nodeAgents.ts';
import { openByRule } from './openRule.ts';

/** What stands in the way of closing a namespace for the first time (THREATS 21, 25). */
export interface Preflight {
  /** Directions that are declared and not closed yet. */
  readonly held: readonly Direction[];
  /** Callbacks into which nothing that is proved lets the API server. */
  readonly unmet: readonly ServedCallback[];
  /** Why all directions are held: what runs here as a part of the nodes, or that it is not known what runs. */
  readonly agents: readonly string[] | 'unknown';
  /** A direction is held because it is not known yet what runs, or what is called. */
  readonly unknown: boolean;
}

/**
 * Preflight delays only a first closing: a direction that was closed once, by the record of the namespace or by any policy
 * under our prefix, stays closed. Of callbacks it is met by `cidrs`, by a rule open to these pods on these ports, or by
 * Ignore; of node agents by Ignore, or by a baseline that names the namespace.
 */
export const preflightOf = perSpec((spec: NetworkSpec, view: View): Preflight => {
  const callbacks = denies(spec, 'Ingress') ? callbacksIn(view) : [];
  const unmet = (callbacks ?? []).filter((callback) => !isMet(spec, callback));
  const open = spec.preflight === 'Ignore' ? [] : stillOpen(spec, view);
  const agents = open.length === 0 || view.claim.named ? [] : (nodeAgentsIn(view) ?? 'unknown');
  const isCalled = callbacks === undefined || unmet.length > 0;
  const held = open.filter((direction) => agents.length > 0 || (direction === 'Ingress' && isCalled));
  return { held, unmet, agents, unknown: held.length > 0 && (agents === 'unknown' || callbacks === undefined) };
});

const isMet = (spec: NetworkSpec, callback: ServedCallback): boolean =>
  (callback.served !== undefined && callbackSources(spec).peers.length > 0) || openByRule(spec, callback);

/** Declared, and never closed: a policy of ours of a direction isolates pods, be it an allowance. */
function stillOpen(spec: NetworkSpec, view: View): readonly Direction[] {
  const recorded = view.held.find(({ section }) => section === 'network')?.closed ?? [];
  const open = spec.defaultDeny.filter((direction) => !recorded.includes(direction));
  if (open.length === 0) return [];
  const standing = [...view.liveOf('NetworkPolicy')]
    .filter(({ name, deleting }) => name.startsWith(NAME_PREFIX) && !deleting)
    .flatMap(({ body }) => directionsOf(body));
  return open.filter((direction) => !standing.includes(direction));
}

/** The directions in which the default deny stands, to be recorded. */
export function closedBy(view: View): readonly Direction[] {
  const deny = view.live('NetworkPolicy', DEFAULT_DENY);
  return deny === undefined || deny.deleting ? [] : directionsOf(deny.body);
}

/** Of a policy under our prefix; of one that was too large to be kept, both. */
export function directionsOf(body: unknown): readonly Direction[] {
  const { whole } = record(body);
  if (whole === undefined) return ['Ingress', 'Egress'];
  const { policyTypes, egress } = record(record(whole).spec);
  const types = texts(policyTypes);
  if (types.length > 0) return (['Ingress', 'Egress'] as const).filter((direction) => types.includes(direction));
  return list(egress).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

/**
 * The spec as it may be carried out now: a direction that is held is not denied yet, and so no allowance of it is written
 * either, for it would close what it was meant to open.
 */
export function closing(spec: NetworkSpec, view: View): NetworkSpec {
  const { held } = preflightOf(spec, view);
  return held.length === 0 ? spec : without(spec, held);
}

/**
 * What the policies rest on in a namespace beside the spec and facts: a change of it is a roll-out, and nobody's drift.
 * Empty where the API server calls nothing.
 */
export function preflightBasis(spec: NetworkSpec, view: View): string {
  const callbacks = denies(spec, 'Ingress') ? callbacksIn(view) : [];
  const { held } = preflightOf(spec, view);
  return callbacks?.length === 0 && held.length === 0 ? '' : JSON.stringify([held, callbacks]);
}

/** Answers by identity for each spec, as `perSpec` needs it. */
const reduced = new WeakMap<NetworkSpec, Map<string, NetworkSpec>>();

function without(spec: NetworkSpec, held: readonly Direction[]): NetworkSpec {
  const known = reduced.get(spec) ?? new Map<string, NetworkSpec>();
  reduced.set(spec, known);
  const made = known.get(held.join()) ?? {
    ...spec,
    defaultDeny: spec.defaultDeny.filter((direction) => !held.includes(direction)),
  };
  known.set(held.join(), made);
  return made;
}
