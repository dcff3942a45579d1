import { eventually } from '../../test/support/eventually.ts';
import type { AnyObject } from '../../test/support/kubeAdmin.ts';
import type { World } from '../../test/support/world.ts';

/** For what an API server, or a clock, does in its own time. */
export const PATIENT = { withinMs: 60_000, everyMs: 100 };

/** Waits for a condition of a baseline, and answers its reason and message. */
export const untilCondition = (world: World, name: string, type: string, status: string): Promise<string> =>
  eventually(async () => {
    const { conditions } = (await world.baseline(name)).status ?? {};
    const found = conditions?.find((one: AnyObject) => one.type === type);
    if (found?.status !== status) throw new Error(`${type} is ${found?.status} ${found?.reason}: ${found?.message}`);
    return `${type}=${status} ${found.reason}: ${found.message}`;
  }, PATIENT);
