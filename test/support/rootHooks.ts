import { stopSharedControlPlane } from './sharedControlPlane.ts';

/** Mocha's root hooks (.mocharc.json requires this file). */
export const mochaHooks = {
  async afterAll(): Promise<void> {
    await stopSharedControlPlane();
  },
};
