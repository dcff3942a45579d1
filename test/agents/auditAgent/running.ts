import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { runAuditAgent } from '../../../src/agents/auditAgent/agent.ts';
import type { AuditAgentLimits, AuditAgentOptions } from '../../../src/agents/auditAgent/options.ts';
import { DEFAULT_LIMITS } from '../../../src/agents/auditAgent/options.ts';
import { systemClock } from '../../../src/operator/clock.ts';
import type { ControlPlaneNode } from '../../support/staticPods/nodes.ts';

export const AGENT_NAMESPACE = 'drawbridge-audit-agent';
export const AGENT_ACCOUNT = 'drawbridge-audit-agent';

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

export interface RunningAgent {
  readonly logs: readonly LogLine[];
  /** Ends it as SIGTERM does; rejects when it had failed. */
  stop(): Promise<void>;
}

export type Changed = Partial<Omit<AuditAgentOptions, 'limits'>> & { readonly limits?: Partial<AuditAgentLimits> };

/** What an agent has to know of its node. */
export type AgentNode = Pick<ControlPlaneNode, 'name' | 'url' | 'policyFile' | 'manifestFile'>;

/** An agent of a node, in this process, that looks often and has the shipped ServiceAccount's token. */
export function startAgent(node: AgentNode, kubeconfig: string, changed: Changed = {}): RunningAgent {
  const logs: LogLine[] = [];
  const say =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
      void logs.push({ ...fields, level, message });
  const controller = new AbortController();
  let failure: unknown;
  const ended = runAuditAgent(
    {
      node: node.name,
      policyFile: node.policyFile,
      manifestFile: node.manifestFile,
      localServer: node.url,
      localServerName: 'kubernetes.default.svc',
      kubeconfig,
      ownNamespace: AGENT_NAMESPACE,
      operatorNamespace: 'drawbridge-system',
      readyMs: 60_000,
      metricsBindAddress: '0',
      healthBindAddress: '0',
      version: 'test',
      clock: systemClock,
      logger: { error: say('error'), warn: say('warn'), info: say('info'), debug: say('debug') },
      ...changed,
      limits: {
        ...DEFAULT_LIMITS,
        pollMs: 100,
        restMs: 300,
        lease: { durationMs: 3_000, renewDeadlineMs: 2_000, retryMs: 200 },
        ...changed.limits,
      },
    },
    controller.signal,
  ).catch((error: unknown) => {
    failure = error;
  });
  return {
    logs,
    stop: async () => {
      controller.abort();
      await ended;
      if (failure !== undefined) throw failure;
    },
  };
}

const PROGRAM = fileURLToPath(new URL('agentProcess.ts', import.meta.url));

/** An agent in a process of its own, to be killed. */
export interface AgentProcess {
  start(): void;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  stderr(): string;
}

export function agentProcess(node: ControlPlaneNode, kubeconfig: string): AgentProcess {
  const args = [
    `--node=${node.name}`,
    `--policy-file=${node.policyFile}`,
    `--manifest=${node.manifestFile}`,
    `--local-server=${node.url}`,
    `--kubeconfig=${kubeconfig}`,
    '--metrics-bind-address=0',
    '--health-probe-bind-address=0',
  ];
  let child: ChildProcess | undefined;
  let stderr = '';
  return {
    start: () => {
      child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
      child.stderr?.on('data', (chunk) => {
        stderr = `${stderr}${chunk}`.slice(-20_000);
      });
    },
    kill: async () => {
      const ending = child;
      child = undefined;
      if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
      const exited = once(ending, 'exit');
      ending.kill('SIGKILL');
      await exited;
    },
    stderr: () => stderr,
  };
}
