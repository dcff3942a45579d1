import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EvidenceClient } from '../../../src/operator/evidence/evidenceClient.ts';
import { createEvidenceClient } from '../../../src/operator/evidence/evidenceClient.ts';
import { RUNTIME } from '../../../tools/bundle/runtime.ts';
import { freePorts } from '../../support/controlPlane/ports.ts';
import { eventually } from '../../support/eventually.ts';
import type { Premises } from './running.ts';

const PROGRAM = fileURLToPath(new URL('receiverProcess.ts', import.meta.url));

/** A receiver in a process of its own, run as it ships, on ports that stay the same when it is started again. */
export interface OwnProcess {
  readonly webhook: string;
  readonly evidence: EvidenceClient;
  readonly evidenceUrl: string;
  /** Resolves when it listens. */
  start(): Promise<void>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with its exit code. */
  stop(): Promise<number | null>;
  /** Bytes that it holds, by the kernel's account; undefined where there is no /proc. */
  residentBytes(): number | undefined;
  stderr(): string;
}

/** @param program what to run it with: the source, or a bundle and its command */
export async function ownProcess(
  { files }: Premises,
  flags: readonly string[] = [],
  program: readonly string[] = [PROGRAM],
): Promise<OwnProcess> {
  const [webhookPort, evidencePort] = await freePorts(2);
  const args = [
    `--bind-address=127.0.0.1:${webhookPort}`,
    `--evidence-bind-address=127.0.0.1:${evidencePort}`,
    '--metrics-bind-address=0',
    '--health-probe-bind-address=0',
    `--tls-cert-file=${files.cert}`,
    `--tls-private-key-file=${files.key}`,
    `--client-ca-file=${files.clientCa}`,
    `--token-file=${files.tokens}`,
    ...flags,
  ];
  const evidenceUrl = `http://127.0.0.1:${evidencePort}`;
  const evidence = createEvidenceClient({ url: evidenceUrl });
  let child: ChildProcess | undefined;
  let stderr = '';
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return ending?.exitCode ?? null;
    const exited = once(ending, 'exit');
    ending.kill(signal);
    await exited;
    return ending.exitCode;
  };
  return {
    webhook: `https://127.0.0.1:${webhookPort}/audit`,
    evidence,
    evidenceUrl,
    start: async () => {
      const started = spawn(process.execPath, [...RUNTIME.nodeArgs, ...program, ...args], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, ...RUNTIME.env },
      });
      started.stderr?.on('data', (chunk) => {
        stderr = `${stderr}${chunk}`.slice(-20_000);
      });
      child = started;
      await eventually(
        async () => {
          if (started.exitCode !== null) throw new Error(`the receiver ended:\n${stderr}`);
          await evidence.health();
        },
        { withinMs: 60_000 },
      );
    },
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    residentBytes: () => {
      try {
        const status = readFileSync(`/proc/${child?.pid}/status`, 'utf8');
        return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
      } catch {
        return undefined;
      }
    },
    stderr: () => stderr,
  };
}
