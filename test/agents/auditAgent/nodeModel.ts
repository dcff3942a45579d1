import type { Observed, Proof, Step } from '../../../src/agents/auditAgent/nextStep.ts';
import { nextStep } from '../../../src/agents/auditAgent/nextStep.ts';
import type { NodeState } from '../../../src/agents/auditAgent/nodeState.ts';
import { NEW_STATE, readState, stateText } from '../../../src/agents/auditAgent/nodeState.ts';

/** Policies, by what a hash of theirs could be. Servers end with `bad`, and with `odd` they record nothing. */
export const POLICY = {
  initial: '0'.repeat(64),
  one: '1'.repeat(64),
  two: '2'.repeat(64),
  bad: 'b'.repeat(64),
  odd: 'd'.repeat(64),
};
export const READY_MS = 60_000;

/** What may happen to a cluster of such nodes, in any order. `node` is an index. */
export type Happening =
  | { readonly type: 'agent' | 'kill' | 'kubelet' | 'serverEnds'; readonly node: number }
  | { readonly type: 'publish'; readonly policy: string | undefined }
  | { readonly type: 'minutePasses' | 'apiGoes' | 'apiComes' };

/** What of a node outlives its agent. */
export interface ModelNode {
  readonly name: string;
  policy: string;
  readonly copies: Set<string>;
  annotation: string | undefined;
  stateJson: string;
  /** Of the server; undefined: it is down. */
  process: number | undefined;
  /** The policy that it read at its start. */
  reads: string;
  isReady: boolean;
  /** The manifest as kubelet last saw it. */
  seenByKubelet: string | undefined;
  /** Of the agent's memory alone. */
  proof: Proof | undefined;
}

export interface Model {
  readonly nodes: readonly ModelNode[];
  wanted: string | undefined;
  isApiUp: boolean;
  nowMs: number;
  /** The mark on the Lease. */
  mark: string;
  readonly refused: Map<string, string>;
  /** How often each policy was begun with. */
  readonly begun: Map<string, number>;
}

let processes = 0;

export const createModel = (count: number): Model => ({
  nodes: Array.from({ length: count }, (_, index) => ({
    name: `node-${index}`,
    policy: POLICY.initial,
    copies: new Set<string>(),
    annotation: undefined,
    stateJson: stateText(NEW_STATE),
    process: ++processes,
    reads: POLICY.initial,
    isReady: true,
    seenByKubelet: undefined,
    proof: undefined,
  })),
  wanted: undefined,
  isApiUp: true,
  nowMs: 1_000_000,
  mark: '',
  refused: new Map(),
  begun: new Map(),
});

export const stateOf = (node: ModelNode): NodeState => readState(node.stateJson);

export function happen(model: Model, happening: Happening): void {
  model.nowMs += 10;
  switch (happening.type) {
    case 'publish':
      model.wanted = happening.policy;
      return;
    case 'minutePasses':
      model.nowMs += READY_MS + 1;
      return;
    case 'apiGoes':
      model.isApiUp = false;
      return;
    case 'apiComes':
      model.isApiUp = true;
      return;
    default: {
      const node = model.nodes[happening.node % model.nodes.length];
      if (node !== undefined) happenTo(model, node, happening.type);
    }
  }
}

function happenTo(model: Model, node: ModelNode, type: 'agent' | 'kill' | 'kubelet' | 'serverEnds'): void {
  switch (type) {
    case 'agent':
      act(model, node, decide(model, node));
      return;
    case 'kill':
      node.proof = undefined;
      return;
    case 'serverEnds':
      node.process = undefined;
      node.isReady = false;
      return;
    case 'kubelet':
      if (node.annotation !== node.seenByKubelet || node.process === undefined) start(node);
      else node.isReady = true;
      node.seenByKubelet = node.annotation;
  }
}

/** The server is not ready at once, and with a bad policy it never is. */
function start(node: ModelNode): void {
  node.reads = node.policy;
  node.process = node.reads === POLICY.bad ? undefined : ++processes;
  node.isReady = false;
}

const decide = (model: Model, node: ModelNode): Step =>
  nextStep(stateOf(node), observedOf(model, node), { readyMs: READY_MS });

export function observedOf(model: Model, node: ModelNode): Observed {
  const elsewhere = [...model.refused].filter(([, where]) => where !== node.name);
  return {
    nowMs: model.nowMs,
    now: new Date(model.nowMs).toISOString(),
    wanted: model.wanted ?? { reason: 'NothingPublished', message: '' },
    policy: node.policy,
    policyMistake: undefined,
    copies: node.copies,
    manifest: { usable: true, hash: node.annotation },
    server: { isReady: node.isReady, process: node.process, isAsked: true },
    proof: node.proof,
    turn: !model.isApiUp ? 'unknown' : model.mark === node.name ? 'mine' : 'not-mine',
    refusedElsewhere: new Map(elsewhere),
  };
}

function act(model: Model, node: ModelNode, step: Step): void {
  switch (step.step) {
    case 'copy':
      node.copies.add(step.sha256);
      return;
    case 'remember': {
      const before = stateOf(node).trying;
      const after = step.state.trying;
      if (before === undefined && after !== undefined) {
        model.begun.set(after.sha256, (model.begun.get(after.sha256) ?? 0) + 1);
      }
      node.stateJson = stateText(step.state);
      node.proof = undefined;
      return;
    }
    case 'takeTurn':
      if (model.isApiUp && model.mark === '') model.mark = node.name;
      return;
    case 'leaveTurn':
      if (!model.isApiUp) return;
      for (const { sha256 } of stateOf(node).refused) {
        if (!model.refused.has(sha256)) model.refused.set(sha256, node.name);
      }
      model.mark = '';
      return;
    case 'putPolicy':
      node.policy = step.sha256;
      return;
    case 'annotate':
      node.annotation = step.mark;
      return;
    case 'prove':
      node.proof = node.reads === POLICY.odd ? 'not-effective' : 'unknown';
      return;
    case 'tidy':
      node.copies.clear();
      node.copies.add(step.keep);
      return;
    default:
  }
}
