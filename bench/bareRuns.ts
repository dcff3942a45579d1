import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../test/support/world.ts';
import { createNamespaces, DENY, namesOf, policyPath, runBare } from './arena.ts';
import { EDITED_RULE } from './baseline.ts';

type Template = ReturnType<typeof strip>;
interface Item {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly body: string;
}

/** The same objects, into as many other namespaces, and then the same edit, by the bare writer; in milliseconds. */
export async function bareWrites(
  world: World,
  kubeconfig: string,
  namespaces: number,
): Promise<{ coldMs: number; editMs: number }> {
  const names = namesOf('bare', namespaces);
  await createNamespaces(world, names, {});
  const policies = await templates(world, policyPath('held-00000'));
  const roles = await templates(world, rbacPath('held-00000', 'roles'));
  const bindings = await templates(world, rbacPath('held-00000', 'rolebindings'));
  const deny = policies.filter(({ metadata }) => metadata.name === DENY);
  const allows = policies.filter(({ metadata }) => metadata.name !== DENY);
  const stage = (first: readonly Template[], second: readonly Template[], plural: string): readonly Item[] =>
    names.flatMap((namespace) => [
      ...first.map((object) => posted(policyPath(namespace), namespace, object)),
      ...second.map((object) => posted(rbacPath(namespace, plural), namespace, object)),
    ]);
  const coldMs = await run(world, kubeconfig, [stage(allows, roles, 'roles'), stage(deny, bindings, 'rolebindings')]);
  const edited = allows.filter(({ metadata }) => metadata.name.includes(EDITED_RULE));
  const edits = names.flatMap((namespace) =>
    edited.map((object): Item => {
      const { path, body } = posted(policyPath(namespace, object.metadata.name), namespace, object);
      return { method: 'PUT', path, body: body.replace('"port":8081', '"port":8082') };
    }),
  );
  return { coldMs, editMs: await run(world, kubeconfig, [edits]) };
}

/** The policy that the edited rule becomes. */
export async function ruleName(world: World, namespace: string): Promise<string> {
  const all = await templates(world, policyPath(namespace));
  const rule = all.find(({ metadata }) => metadata.name.includes(EDITED_RULE));
  if (rule === undefined) throw new Error(`${namespace} has no policy of the rule ${EDITED_RULE}`);
  return rule.metadata.name;
}

async function run(world: World, kubeconfig: string, stages: readonly (readonly Item[])[]): Promise<number> {
  const file = join(world.controlPlane.dir, 'bare.json');
  writeFileSync(file, JSON.stringify(stages));
  return (JSON.parse(await runBare('bareWriter.ts', [kubeconfig, file])) as { ms: number }).ms;
}

const rbacPath = (namespace: string, plural: string): string =>
  `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/${plural}`;

const posted = (path: string, namespace: string, object: Template): Item => ({
  method: 'POST',
  path,
  body: JSON.stringify({ ...object, metadata: { ...object.metadata, namespace } }),
});

const templates = async (world: World, path: string): Promise<readonly Template[]> =>
  (await world.admin.list(path)).map((object) => strip(object));

function strip(object: Awaited<ReturnType<World['baseline']>>) {
  const { name, labels } = object.metadata;
  const { metadata: _, ...rest } = object;
  return { ...rest, metadata: { name, labels } };
}
