import type { Rule } from '../support/faultProxy.ts';
import type { Shape } from './shape.ts';

/** Which of the operator's processes, found out when the time comes: the one that works, or another. */
export type Whom = 'leader' | 'standby';
/** At once, or in the middle of the operator's next write. */
export type When = 'now' | 'nextWrite';
export type Planted = 'harmless' | 'open' | 'reserved' | 'ours';

/** One thing that somebody does or that breaks. */
export type Deed =
  /** Somebody with rights tampers with one of our objects: one of the attacks by name. */
  | { readonly do: 'tamper'; readonly attack: string; readonly namespace: string }
  /** Somebody puts a label and an annotation of their own on all our policies there. */
  | { readonly do: 'annotate'; readonly namespace: string; readonly note: string }
  /**
   * Somebody makes a NetworkPolicy: one that opens little, one that opens all, one under our prefix, or one under our
   * prefix with our labels.
   */
  | { readonly do: 'plant'; readonly policy: Planted; readonly namespace: string; readonly name: string }
  | { readonly do: 'uproot'; readonly namespace: string; readonly name: string }
  | { readonly do: 'createNamespace'; readonly namespace: string; readonly labels: Readonly<Record<string, string>> }
  | { readonly do: 'deleteNamespace'; readonly namespace: string }
  | { readonly do: 'relabel'; readonly namespace: string; readonly labels: Readonly<Record<string, string | null>> }
  | { readonly do: 'createBaseline'; readonly baseline: string; readonly shape: Shape }
  /** The whole shape that it has from then on. */
  | { readonly do: 'editBaseline'; readonly baseline: string; readonly shape: Shape; readonly change: string }
  | { readonly do: 'deleteBaseline'; readonly baseline: string }
  /** SIGKILL; started again after `downMs`. */
  | { readonly do: 'kill'; readonly whom: Whom; readonly when: When; readonly downMs: number }
  /** SIGTERM; started again so long after it is gone. */
  | { readonly do: 'terminate'; readonly whom: Whom; readonly downMs: number }
  /** SIGSTOP for so long. */
  | { readonly do: 'freeze'; readonly whom: Whom; readonly forMs: number }
  /** SIGKILL to the API server; started again after `downMs`. */
  | { readonly do: 'killApiServer'; readonly when: When; readonly downMs: number }
  | { readonly do: 'fault'; readonly rule: Rule; readonly forMs: number };

/** A deed and when: milliseconds after the scenario's start. */
export interface Step {
  readonly atMs: number;
  readonly deed: Deed;
}

/** In one line, for people. */
export function describeDeed(deed: Deed): string {
  switch (deed.do) {
    case 'tamper':
      return `${deed.namespace}: somebody ${deed.attack}`;
    case 'annotate':
      return `${deed.namespace}: somebody labels and annotates our policies (${deed.note})`;
    case 'plant':
      return `${deed.namespace}: somebody makes the policy ${deed.name} (${deed.policy})`;
    case 'uproot':
      return `${deed.namespace}: somebody deletes the policy ${deed.name}`;
    case 'createNamespace':
      return `namespace ${deed.namespace} is made, ${labelsIn(deed.labels)}`;
    case 'deleteNamespace':
      return `namespace ${deed.namespace} is deleted`;
    case 'relabel':
      return `namespace ${deed.namespace} gets ${labelsIn(deed.labels)}`;
    case 'createBaseline':
      return `baseline ${deed.baseline} is made: ${describeShape(deed.shape)}`;
    case 'editBaseline':
      return `baseline ${deed.baseline} is edited (${deed.change}): ${describeShape(deed.shape)}`;
    case 'deleteBaseline':
      return `baseline ${deed.baseline} is deleted`;
    case 'kill':
      return `SIGKILL to the ${deed.whom}${onWrite(deed.when)}, for ${deed.downMs} ms`;
    case 'terminate':
      return `SIGTERM to the ${deed.whom}, for ${deed.downMs} ms`;
    case 'freeze':
      return `SIGSTOP to the ${deed.whom}, for ${deed.forMs} ms`;
    case 'killApiServer':
      return `SIGKILL to the API server${onWrite(deed.when)}, for ${deed.downMs} ms`;
    case 'fault':
      return `fault for ${deed.forMs} ms: ${JSON.stringify(deed.rule)}`;
  }
}

const onWrite = (when: When): string => (when === 'nextWrite' ? ' in the middle of the next write' : '');

const labelsIn = (labels: Readonly<Record<string, string | null>>): string =>
  Object.entries(labels)
    .map(([key, value]) => (value === null ? `!${key}` : `${key}=${value}`))
    .join(',');

export const describeShape = (shape: Shape): string =>
  [
    shape.enforcement,
    ...(shape.suspend ? ['suspended'] : []),
    `priority ${shape.priority}`,
    shape.deletionPolicy,
    `denies ${shape.egress ? 'both' : 'Ingress'}`,
    `rules [${shape.rules.join(' ')}]`,
    ...(shape.removes ? ['removes foreign'] : []),
    `rbac ${shape.rbac}`,
    ...(shape.excluded.length === 0 ? [] : [`without ${shape.excluded.join(' ')}`]),
    `selects ${labelsIn(shape.selects)}`,
  ].join(', ');
