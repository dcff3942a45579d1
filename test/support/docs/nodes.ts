import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPlane } from '../controlPlane/controlPlane.ts';
import { OPERATOR_ACCOUNT, OPERATOR_NAMESPACE } from '../install.ts';
import type { AnyObject, KubeAdmin } from '../kubeAdmin.ts';
import type { RunningOperator } from '../operator.ts';
import { startOperator } from '../operator.ts';

const EVERY_MS = 100;
const PODS = `/api/v1/namespaces/${OPERATOR_NAMESPACE}/pods`;

export interface Nodes {
  /** Ends what runs. @throws what went wrong meanwhile */
  stop(): Promise<void>;
}

/**
 * What nodes would do for the operator's Deployment, on a control plane that has none: its pods become ready once an operator
 * runs, which does so from the source, as the ServiceAccount of the pods, while there are any. All else is as ever: the
 * controllers make the pods, the API server judges them, and `kubectl rollout status` waits for them.
 */
export function playNodes({ serviceAccountKubeconfig }: ControlPlane, admin: KubeAdmin): Nodes {
  const stopping = new AbortController();
  let operator: RunningOperator | undefined;
  const turn = async (): Promise<void> => {
    const pods = await admin.list(PODS, { labelSelector: 'app.kubernetes.io/name=drawbridge' });
    if (pods.length === 0) {
      await operator?.stop();
      operator = undefined;
      return;
    }
    operator ??= await startOperator({
      kubeconfig: await serviceAccountKubeconfig(OPERATOR_NAMESPACE, OPERATOR_ACCOUNT),
      args: ['--leader-elect'],
    });
    for (const pod of pods.filter((one) => !isReady(one))) {
      await admin.request('PATCH', `${PODS}/${pod.metadata.name}/status`, READY, { contentType: MERGE });
    }
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await turn();
      await sleep(EVERY_MS);
    }
  })().finally(() => operator?.kill());
  // Told by stop().
  running.catch(() => undefined);
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}

const MERGE = 'application/merge-patch+json';
const READY = {
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
  },
};

const isReady = ({ status }: AnyObject): boolean =>
  (status?.conditions ?? []).some(({ type, status: is }: AnyObject) => type === 'Ready' && is === 'True');
