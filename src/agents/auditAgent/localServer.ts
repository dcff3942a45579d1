import { accessAt } from '../../kube/accessAt.ts';
import type { ClusterAccess } from '../../kube/config.ts';
import { serverVersion } from '../../kube/discovery.ts';
import type { KubeRequest } from '../../kube/request.ts';
import { createTransport } from '../../kube/transport.ts';
import type { ServerSight } from './nextStep.ts';

/** The API server of this node, asked by its own address: a load balancer would answer with another one. */
export interface LocalServer {
  /** `withProcess`: also when its process started, which takes all of its metrics. Never rejects. */
  look(withProcess: boolean): Promise<ServerSight>;
  /** Its minor version; undefined when it does not answer. */
  minor(): Promise<number | undefined>;
  close(): Promise<void>;
}

export interface LocalServerOptions {
  /** `https://127.0.0.1:6443`. */
  readonly url: string;
  /** The name in its certificate: that of kubeadm names no loopback address. */
  readonly serverName: string | undefined;
  readonly userAgent: string;
}

const TIMEOUT_MS = 5_000;
/** A server of a large cluster gives some megabytes. */
const MAX_METRICS_BYTES = 128 << 20;
/** Set once at the start of each process (component-base/metrics/processstarttime.go). */
const PROCESS_START = /^process_start_time_seconds (\S+)$/m;

/** @param access the credentials of the agent, and the authority that signs API servers' certificates */
export function createLocalServer(access: ClusterAccess, options: LocalServerOptions): LocalServer {
  const transport = createTransport(accessAt(access, options.url.replace(/\/+$/, ''), options.serverName), {
    connections: 1,
    userAgent: options.userAgent,
  });
  const request = (path: string): KubeRequest => ({
    method: 'GET',
    path,
    accept: 'text/plain',
    timeoutMs: TIMEOUT_MS,
    signal: AbortSignal.timeout(TIMEOUT_MS * 4),
  });
  const isReady = async (): Promise<boolean> => {
    for await (const _ of await transport.stream(request('/readyz'))) break;
    return true;
  };
  const processStart = async (): Promise<number | undefined> => {
    let rest = '';
    let bytes = 0;
    for await (const chunk of await transport.stream(request('/metrics'))) {
      bytes += chunk.length;
      if (bytes > MAX_METRICS_BYTES) return undefined;
      const text = rest + chunk.toString('latin1');
      const whole = text.lastIndexOf('\n') + 1;
      const seconds = Number(PROCESS_START.exec(text.slice(0, whole))?.[1]);
      if (Number.isFinite(seconds)) return seconds;
      rest = text.slice(whole);
    }
    return undefined;
  };
  return {
    look: async (withProcess) => {
      // In this order: of two processes the later one is never taken for ready on the word of the earlier one.
      const process = withProcess ? await processStart().catch(() => undefined) : undefined;
      return { process, isAsked: withProcess, isReady: await isReady().catch(() => false) };
    },
    minor: () =>
      serverVersion(transport).then(
        ({ minor }) => minor,
        () => undefined,
      ),
    close: () => transport.close(),
  };
}
