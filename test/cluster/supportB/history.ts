import type { AnyObject } from '../../support/kubeAdmin.ts';
import type { World } from '../../support/world.ts';

/** One thing that happened to one object of a collection. */
export interface Moment {
  readonly type: string;
  readonly name: string;
  readonly object: AnyObject;
}

/** Follows everything that happens in a collection while `act` runs; what existed before is left out. */
export async function historyOf(world: World, path: string, act: () => Promise<void>): Promise<readonly Moment[]> {
  const moments: Moment[] = [];
  const stop = await world.admin.watch(`${path}?resourceVersion=${await versionOf(world, path)}`, (event) => {
    moments.push({ type: event.type, name: event.object.metadata?.name ?? '', object: event.object });
  });
  try {
    await act();
  } finally {
    stop();
  }
  return moments;
}

async function versionOf(world: World, path: string): Promise<string> {
  return (await world.admin.get(path)).metadata.resourceVersion ?? '0';
}

/** `ADDED name`, in order. */
export const told = (moments: readonly Moment[]): readonly string[] =>
  moments.map(({ type, name }) => `${type} ${name}`);
