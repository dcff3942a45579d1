import type { ControlPlane } from './controlPlane/controlPlane.ts';
import { startControlPlane } from './controlPlane/controlPlane.ts';

let shared: Promise<ControlPlane> | undefined;

/** The control plane all tests of this mocha process share: started by the first who asks, stopped by rootHooks.ts. */
export function sharedControlPlane(): Promise<ControlPlane> {
  shared ??= startControlPlane();
  return shared;
}

/** Stops the shared control plane, if any test asked for it. */
export async function stopSharedControlPlane(): Promise<void> {
  const running = shared;
  shared = undefined;
  await (await running?.catch(() => undefined))?.stop();
}

/** For `before` hooks that start a control plane: the first one may have to build it. */
export const START_TIMEOUT_MS = 15 * 60_000;

/**
 * Inside a `describe`: has the shared control plane running before its tests, and returns the function that gives it.
 * Tests share it with others: they use namespaces of their own, and never kill its API server.
 */
export function useSharedControlPlane(): () => ControlPlane {
  let running: ControlPlane | undefined;
  before('shared control plane', async function () {
    this.timeout(START_TIMEOUT_MS);
    running = await sharedControlPlane();
  });
  return () => {
    if (!running) throw new Error('the shared control plane runs only inside hooks and tests');
    return running;
  };
}
