import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDns } from '../cluster/support/spec.ts';
import type { ControlPlane } from '../support/controlPlane/controlPlane.ts';
import { startControlPlane } from '../support/controlPlane/controlPlane.ts';
import type { FaultProxy } from '../support/faultProxy.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { install, OPERATOR_ACCOUNT, OPERATOR_NAMESPACE } from '../support/install.ts';
import type { AnyObject, KubeAdmin, NewObject } from '../support/kubeAdmin.ts';
import { KubeAdminError, kubeAdmin } from '../support/kubeAdmin.ts';
import { startOperator } from '../support/operator.ts';
import { AUDIT_POLICY } from './auditPolicy.ts';
import type { Replicas } from './replicas.ts';
import { startReplicas } from './replicas.ts';

/** What scenarios are played on, one after the other: a control plane, and a fault proxy between it and the operator. */
export interface Stage {
  readonly controlPlane: ControlPlane;
  readonly admin: KubeAdmin;
  readonly proxy: FaultProxy;
  /** Starts so many operators; with more than one they elect a leader. */
  operators(count: number): Promise<Replicas>;
  /** SIGKILL; resolves when it serves again. Undefined while it is down already. */
  killApiServer(downMs: number): Promise<void> | undefined;
  /** Does what needs the API server, again from the start when it is killed meanwhile. */
  persistent<T>(act: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Short, so that a leader that dies is followed within a scenario; in client-go's relations. */
const ELECTION = [
  '--leader-elect',
  '--leader-election-lease-duration=3s',
  '--leader-election-renew-deadline=2s',
  '--leader-election-retry-period=400ms',
];

export async function openStage(): Promise<Stage> {
  const dir = mkdtempSync(join(tmpdir(), 'drawbridge-chaos-'));
  const policy = join(dir, 'audit-policy.yaml');
  writeFileSync(policy, AUDIT_POLICY);
  const controlPlane = await startControlPlane({ apiServerFlags: [`--audit-policy-file=${policy}`] });
  const admin = kubeAdmin(controlPlane.kubeconfig);
  let proxy: FaultProxy | undefined;
  const close = async (): Promise<void> => {
    await proxy?.stop();
    await admin.close();
    await controlPlane.stop();
    rmSync(dir, { recursive: true });
  };
  try {
    await install(admin);
    await makeDns({ admin });
    await plantLookalike(admin);
    proxy = await startFaultProxy({ controlPlane });
  } catch (error) {
    await close();
    throw error;
  }
  return { controlPlane, admin, proxy, close, ...partsOf(controlPlane, proxy) };
}

function partsOf(
  controlPlane: ControlPlane,
  proxy: FaultProxy,
): Pick<Stage, 'operators' | 'killApiServer' | 'persistent'> {
  let serving: Promise<void> | undefined;
  return {
    operators: async (count) => {
      const direct = await controlPlane.serviceAccountKubeconfig(OPERATOR_NAMESPACE, OPERATOR_ACCOUNT);
      const kubeconfig = await proxy.kubeconfig(direct);
      return startReplicas(count, () => startOperator({ kubeconfig, args: count > 1 ? ELECTION : [] }));
    },
    killApiServer: (downMs) => {
      if (serving !== undefined) return undefined;
      serving = controlPlane
        .killApiServer()
        .then(() => sleep(downMs))
        .then(() => controlPlane.startApiServer())
        .finally(() => {
          serving = undefined;
        });
      return serving;
    },
    persistent: async (act) => {
      for (let attempt = 1; ; attempt += 1) {
        await serving;
        try {
          return await act();
        } catch (error) {
          if (!isUnreachable(error) || attempt === ATTEMPTS) throw error;
          await sleep(AGAIN_MS);
        }
      }
    },
  };
}

const ATTEMPTS = 100;
const AGAIN_MS = 50;

/** An error of the connection, and no answer. */
const isUnreachable = (error: unknown): boolean =>
  !(error instanceof KubeAdminError) && error instanceof Error && /^(ECONN|EPIPE|UND_ERR)/.test(codeOf(error));

const codeOf = (error: Error & { readonly code?: unknown }): string =>
  String(error.code ?? (error.cause instanceof Error ? codeOf(error.cause) : ''));

/** In a system namespace, and to the last label like ours. */
const plantLookalike = (admin: KubeAdmin): Promise<AnyObject> =>
  admin.create(lookalike('kube-system', 'drawbridge-lookalike'));

/** A policy that opens all and says that it is ours. */
export const lookalike = (namespace: string, name: string): NewObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: {
    name,
    namespace,
    labels: {
      'app.kubernetes.io/managed-by': 'drawbridge',
      'drawbridge.dev/baseline': 'nobody',
      'drawbridge.dev/control': 'network.default-deny',
    },
  },
  spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
});
