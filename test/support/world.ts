import type { AuditWrite } from './controlPlane/auditLog.ts';
import { auditMark, readWrites } from './controlPlane/auditLog.ts';
import type { ControlPlane, ControlPlaneOptions } from './controlPlane/controlPlane.ts';
import { startControlPlane } from './controlPlane/controlPlane.ts';
import { install, OPERATOR_ACCOUNT, OPERATOR_NAMESPACE, OPERATOR_USER } from './install.ts';
import type { AnyObject, KubeAdmin } from './kubeAdmin.ts';
import { kubeAdmin } from './kubeAdmin.ts';
import type { RunningOperator } from './operator.ts';
import { startOperator } from './operator.ts';
import { START_TIMEOUT_MS } from './sharedControlPlane.ts';

/** A control plane of its own with Drawbridge installed, and an operator that runs under the shipped rights. */
export interface World {
  readonly controlPlane: ControlPlane;
  readonly admin: KubeAdmin;
  /** The operator that runs now. */
  operator(): RunningOperator;
  /** Ends the operator (SIGTERM, or SIGKILL) and starts another. */
  restartOperator(how?: 'SIGTERM' | 'SIGKILL'): Promise<RunningOperator>;
  stopOperator(): Promise<number>;
  startOperator(): Promise<RunningOperator>;
  /** Starts one more operator beside it; it ends with the world at the latest. */
  startReplica(args?: readonly string[]): Promise<RunningOperator>;
  /** A place in the audit log, for `writesSince`. */
  mark(): Promise<number>;
  /** What the operator wrote since; successful writes unless `all`. */
  writesSince(
    mark: number,
    options?: { readonly all?: boolean; readonly resources?: readonly string[] },
  ): Promise<readonly AuditWrite[]>;
  namespace(name: string, labels?: Readonly<Record<string, string>>): Promise<AnyObject>;
  baseline(name: string): Promise<AnyObject>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly controlPlane?: ControlPlaneOptions;
  /** The kustomization to install. */
  readonly manifests?: string;
  /** Installs it in another way. */
  readonly install?: (admin: KubeAdmin, controlPlane: ControlPlane) => Promise<void>;
  readonly operatorArgs?: readonly string[] | ((controlPlane: ControlPlane) => readonly string[]);
  readonly program?: string;
  readonly nodeArgs?: readonly string[];
  /** Beside the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>;
  /** Turns the kubeconfig an operator is to be given into another one: of a proxy before the API server, say. */
  readonly operatorKubeconfig?: (kubeconfig: string, controlPlane: ControlPlane) => Promise<string>;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const controlPlane = await startControlPlane(options.controlPlane ?? {});
  const admin = kubeAdmin(controlPlane.kubeconfig);
  let operator: RunningOperator | undefined;
  const replicas: RunningOperator[] = [];
  const launch = async (args: readonly string[]): Promise<RunningOperator> => {
    const direct = await controlPlane.serviceAccountKubeconfig(OPERATOR_NAMESPACE, OPERATOR_ACCOUNT);
    const { program, nodeArgs, env, operatorKubeconfig, operatorArgs = [] } = options;
    return startOperator({
      kubeconfig: (await operatorKubeconfig?.(direct, controlPlane)) ?? direct,
      args: [...(typeof operatorArgs === 'function' ? operatorArgs(controlPlane) : operatorArgs), ...args],
      ...(program === undefined ? {} : { program }),
      ...(nodeArgs === undefined ? {} : { nodeArgs }),
      ...(env === undefined ? {} : { env }),
    });
  };
  const start = async (): Promise<RunningOperator> => {
    operator = await launch([]);
    return operator;
  };
  const now = (): RunningOperator => {
    if (operator === undefined) throw new Error('no operator runs');
    return operator;
  };
  try {
    await (options.install?.(admin, controlPlane) ?? install(admin, options.manifests));
    await start();
  } catch (error) {
    await operator?.kill();
    await admin.close();
    await controlPlane.stop();
    throw error;
  }
  return {
    controlPlane,
    admin,
    operator: now,
    restartOperator: async (how = 'SIGTERM') => {
      if (how === 'SIGKILL') await now().kill();
      else await now().stop();
      return start();
    },
    stopOperator: () => now().stop(),
    startOperator: start,
    startReplica: async (args = []) => {
      const replica = await launch(args);
      replicas.push(replica);
      return replica;
    },
    mark: () => auditMark(controlPlane.auditLogPath),
    writesSince: async (mark, { all = false, resources } = {}) => {
      const writes = await readWrites(controlPlane.auditLogPath, {
        mark,
        user: OPERATOR_USER,
        ...(resources === undefined ? {} : { resources }),
      });
      return all ? writes : writes.filter(({ code }) => code < 400);
    },
    namespace: (name, labels = {}) => admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }),
    baseline: (name) => admin.get(`/apis/drawbridge.dev/v1alpha1/securitybaselines/${name}`),
    close: async () => {
      await Promise.all([operator, ...replicas].map((running) => running?.kill()));
      await admin.close();
      await controlPlane.stop();
    },
  };
}

/** Inside a `describe`: a world that all its tests share, started before them and closed after. */
export function useWorld(options: WorldOptions = {}): () => World {
  let world: World | undefined;
  before('world', async function () {
    this.timeout(START_TIMEOUT_MS);
    world = await startWorld(options);
  });
  after('world', async function () {
    this.timeout(30_000);
    await world?.close();
  });
  return () => {
    if (world === undefined) throw new Error('the world exists only inside hooks and tests');
    return world;
  };
}
