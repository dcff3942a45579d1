import type { KubeAdmin } from '../support/kubeAdmin.ts';

async function versionsOf(admin: KubeAdmin): Promise<ReadonlyMap<string, readonly string[]>> {
  const { groups } = await admin.get('/apis');
  const named: readonly (readonly [string, readonly string[]])[] = groups.map(
    ({ name, versions }: { name: string; versions: readonly { groupVersion: string }[] }) => [
      name,
      versions.map(({ groupVersion }) => `/apis/${groupVersion}`),
    ],
  );
  return new Map([['', ['/api/v1']], ...named]);
}

interface ServedResource {
  readonly name: string;
  readonly namespaced: boolean;
}

async function resourcesIn(admin: KubeAdmin, paths: readonly string[]): Promise<readonly ServedResource[]> {
  const lists = await Promise.all(paths.map(async (path) => (await admin.get(path)).resources));
  return lists.flat();
}

/** Resources and subresources by group. */
export async function discover(admin: KubeAdmin): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const served = new Map<string, ReadonlySet<string>>();
  for (const [group, paths] of await versionsOf(admin)) {
    served.set(group, new Set((await resourcesIn(admin, paths)).map(({ name }) => name)));
  }
  return served;
}

/** Whether the resources of a group live in namespaces. */
export async function scopesIn(admin: KubeAdmin, group: string): Promise<ReadonlyMap<string, boolean>> {
  const resources = await resourcesIn(admin, (await versionsOf(admin)).get(group) ?? []);
  return new Map(resources.filter(({ name }) => !name.includes('/')).map(({ name, namespaced }) => [name, namespaced]));
}
