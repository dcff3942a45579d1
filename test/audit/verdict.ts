import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinaries } from '../support/controlPlane/binaries.ts';
import { writeClusterFiles } from '../support/controlPlane/files.ts';
import { apiServerFlags } from '../support/controlPlane/flags.ts';
import { clusterNetwork } from '../support/controlPlane/network.ts';
import { freePorts } from '../support/controlPlane/ports.ts';

/** What kube-apiserver makes of a policy file. */
export interface Verdict {
  readonly isAccepted: boolean;
  /** It fell back to leaving out what it does not know (since 1.26: a warning, and the server goes on). */
  readonly isLenient: boolean;
  /** The end of what it said. */
  readonly said: string;
}

export interface Judge {
  verdict(policy: string | Buffer): Promise<Verdict>;
  end(): void;
}

const ACCEPTED = 'Load audit policy rules success';
const LENIENT = 'falling back to lenient decoding';
const WITHIN_MS = 60_000;

/**
 * Asks kube-apiserver itself: it reads its policy before it needs etcd, says at -v=4 that it took it, and is ended then. A
 * verdict costs a second or less, where a control plane costs three.
 */
export async function startJudge(): Promise<Judge> {
  const { kubeApiserver } = await findBinaries();
  const dir = mkdtempSync(join(tmpdir(), 'drawbridge-verdict-'));
  const [port = 0, nobody = 0] = await freePorts(2);
  const network = clusterNetwork('ipv4');
  const files = writeClusterFiles(dir, `https://127.0.0.1:${port}`, network);
  const policyPath = join(dir, 'policy.yaml');
  const flags = [...apiServerFlags(files, network, port, nobody), `--audit-policy-file=${policyPath}`, '-v=4'];
  return {
    verdict(policy) {
      writeFileSync(policyPath, policy);
      return judge(kubeApiserver, flags, dir);
    },
    end: () => rmSync(dir, { recursive: true }),
  };
}

function judge(binary: string, flags: readonly string[], cwd: string): Promise<Verdict> {
  const server = spawn(binary, flags, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  let isAccepted = false;
  const timer = setTimeout(() => server.kill('SIGKILL'), WITHIN_MS);
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (isAccepted || !said.includes(ACCEPTED)) return;
    isAccepted = true;
    server.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.on('close', (_code, signal) => {
      clearTimeout(timer);
      if (!isAccepted && signal !== null) reject(new Error(`no verdict in ${WITHIN_MS} ms:\n${said.slice(-2000)}`));
      else resolve({ isAccepted, isLenient: said.includes(LENIENT), said: said.slice(-1500) });
    });
  });
}
