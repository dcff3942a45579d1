import type { FaultProxy } from '../../support/faultProxy.ts';
import { startFaultProxy } from '../../support/faultProxy.ts';
import type { World, WorldOptions } from '../../support/world.ts';
import { useWorld } from '../../support/world.ts';

/** A world whose operators reach the API server through a fault proxy; tests reach it directly. */
export interface FaultyWorld {
  readonly world: () => World;
  readonly proxy: () => FaultProxy;
}

/** Inside a `describe`: a world and a proxy that all its tests share. Faults that a test leaves behind are lifted. */
export function useFaultyWorld(options: WorldOptions = {}): FaultyWorld {
  let proxy: FaultProxy | undefined;
  const world = useWorld({
    ...options,
    operatorKubeconfig: async (kubeconfig, controlPlane) => {
      proxy ??= await startFaultProxy({ controlPlane });
      return proxy.kubeconfig(kubeconfig);
    },
  });
  afterEach(() => proxy?.clear());
  // Behind the world's own hook: the operator is gone by then.
  after(() => proxy?.stop());
  return {
    world,
    proxy: () => {
      if (proxy === undefined) throw new Error('the proxy exists only inside hooks and tests');
      return proxy;
    },
  };
}
