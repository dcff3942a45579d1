import type { Logger } from '../../operator/logger.ts';
import type { Metrics } from '../../operator/metrics.ts';
import type { Step } from './nextStep.ts';
import type { NodeState } from './nodeState.ts';
import type { NodeReport } from './report.ts';
import type { Told } from './worker.ts';

const PHASES: readonly NodeReport['phase'][] = [
  'InForce',
  'RollingOut',
  'RollingBack',
  'Waiting',
  'Idle',
  'Refused',
  'Unknown',
];
/** Nothing is wrong with the policy: it has to wait. */
const WAITING = new Set(['ServerNotReady', 'TurnUnknown']);
/** Nobody asks for anything. */
const NOTHING_PUBLISHED = 'NothingPublished';
/** Nobody knows yet what there is to do. */
const UNKNOWN = new Set(['NotSeen', 'VersionUnknown', 'PolicyUnread']);

/** All other reasons of docs/audit-agent.md: by each the node refuses the policy. */
export const REFUSALS: readonly string[] = [
  'PointerMalformed',
  'PolicyMissing',
  'PolicyTooLarge',
  'HashMismatch',
  'PolicyInvalid',
  'BoundsBroken',
  'LintError',
  'ManifestUnreadable',
  'ManifestWithoutPolicy',
  'PolicyNotMounted',
  'PolicyElsewhere',
  'PolicyFileUnusable',
  'NothingToFallBackTo',
  'ProcessUnknown',
  'RefusedBefore',
  'RefusedElsewhere',
];
const RESULTS = ['done', 'taken_back'] as const;
/** What can fail; `look` is before the first. */
const STEPS: Readonly<Record<Step['step'] | 'look', true>> = {
  look: true,
  copy: true,
  remember: true,
  ask: true,
  takeTurn: true,
  leaveTurn: true,
  putPolicy: true,
  annotate: true,
  prove: true,
  tidy: true,
  await: true,
  rest: true,
};

/** What a step says of its node. */
export function reportOf(node: string, { state, observed, step, proof }: Told): NodeReport {
  const { wanted, policy } = observed;
  return {
    node,
    good: state.good ?? '',
    file: policy === 'absent' || policy === 'unusable' ? '' : policy,
    wanted: typeof wanted === 'string' ? wanted : '',
    proof,
    ...saidOf(state, step),
  };
}

function saidOf({ trying }: NodeState, step: Told['step']): Pick<NodeReport, 'phase' | 'reason' | 'message'> {
  if (trying?.way === 'back') return { phase: 'RollingBack', reason: 'TakenBack', message: trying.why };
  if (trying !== undefined) {
    return { phase: 'RollingOut', reason: 'RollingOut', message: step.step === 'await' ? `until ${step.what}` : '' };
  }
  if (step.step === 'takeTurn')
    return { phase: 'Waiting', reason: 'WaitingForTurn', message: 'one node after the other' };
  if (step.step !== 'rest') return { phase: 'RollingOut', reason: 'RollingOut', message: '' };
  if (step.outcome === 'in-force') return { phase: 'InForce', reason: 'InForce', message: '' };
  const { reason, message } = step.outcome;
  if (reason === NOTHING_PUBLISHED) return { phase: 'Idle', reason, message };
  if (UNKNOWN.has(reason)) return { phase: 'Unknown', reason, message };
  return { phase: WAITING.has(reason) ? 'Waiting' : 'Refused', reason, message };
}

/** Counters of what has not happened yet: Prometheus sees no increase in a series that begins at one. */
function beginSeries(metrics: Metrics): void {
  for (const result of RESULTS) metrics.count('drawbridge_audit_agent_rollouts_total', { result }, 0);
  for (const reason of REFUSALS) metrics.count('drawbridge_audit_agent_refusals_total', { reason }, 0);
  for (const step of Object.keys(STEPS)) metrics.count('drawbridge_audit_agent_errors_total', { step }, 0);
}

/** Logs and metrics of what the agent does. */
export function createTelling(node: string, logger: Logger, metrics: Metrics) {
  let last = '';
  beginSeries(metrics);
  return {
    step: (told: Told): NodeReport => {
      const report = reportOf(node, told);
      const { phase, reason, message, wanted, good } = report;
      for (const one of PHASES) metrics.set('drawbridge_audit_agent_phase', { phase: one }, one === phase ? 1 : 0);
      metrics.reset('drawbridge_audit_agent_policy_info');
      if (good !== '') metrics.set('drawbridge_audit_agent_policy_info', { sha256: good }, 1);
      metrics.set('drawbridge_audit_agent_in_step', {}, phase === 'InForce' ? 1 : 0);
      metrics.set('drawbridge_audit_agent_server_ready', {}, told.observed.server.isReady ? 1 : 0);
      const said = [phase, reason, message, wanted].join('\n');
      if (said === last) return report;
      last = said;
      const isRefused = phase === 'Refused';
      if (isRefused) metrics.count('drawbridge_audit_agent_refusals_total', { reason });
      logger[isRefused || phase === 'RollingBack' ? 'warn' : 'info']('policy', {
        phase,
        reason,
        why: message,
        wanted,
        good,
      });
      return report;
    },
    change: (before: NodeState, after: NodeState, nowMs: number): void => {
      if (before.trying === undefined || after.trying !== undefined) return;
      const result: (typeof RESULTS)[number] = after.good === before.trying.sha256 ? 'done' : 'taken_back';
      metrics.count('drawbridge_audit_agent_rollouts_total', { result });
      metrics.set('drawbridge_audit_agent_last_rollout_timestamp_seconds', {}, nowMs / 1000);
      logger[result === 'done' ? 'info' : 'error']('roll-out ended', { result, sha256: before.trying.sha256 });
    },
    failed: (step: string, error: unknown): void => {
      metrics.count('drawbridge_audit_agent_errors_total', { step });
      logger.warn('a step failed and is tried again', { step, error: String(error) });
    },
  };
}
