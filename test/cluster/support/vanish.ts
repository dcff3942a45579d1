import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { renderKustomization } from '../../support/install.ts';
import type { World } from '../../support/world.ts';
import { shown } from './look.ts';
import { bindings, policies, roles } from './paths.ts';

export type OwnPlural = 'securitybaselines' | 'baselinereports';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const GONE_WITHIN_MS = 30_000;

/** Deletes one of our CRDs, and with it every object of the kind; resolves when it is gone. */
export async function vanish({ admin }: World, plural: OwnPlural): Promise<void> {
  const path = `${CRDS}/${plural}.drawbridge.dev`;
  await admin.delete(path);
  await eventually(async () => expect(await admin.find(path)).to.equal(undefined), { withinMs: GONE_WITHIN_MS });
}

/** Installs the CRDs as they are shipped; resolves when they are served. */
export const comeBack = async ({ admin }: World): Promise<unknown> => admin.apply(await renderKustomization('crds'));

/** Every object that a baseline may have made in these namespaces, with its uid and version. */
export async function heldObjects({ admin }: World, namespaces: readonly string[]): Promise<readonly string[]> {
  const lists = namespaces.flatMap((ns) => [policies, roles, bindings].map((path) => admin.list(path(ns))));
  return (await Promise.all(lists))
    .flat()
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`);
}

/** What the operator wrote or tried to, but for what tells of its work. */
export async function workTried(world: World, mark: number): Promise<readonly string[]> {
  const writes = await world.writesSince(mark, { all: true });
  return shown(writes.filter(({ resource }) => !['baselinereports', 'events', 'securitybaselines'].includes(resource)));
}

/** Waits until the operator's log says that a kind is not served. */
export const untilSaid = (world: World, kind: string, sinceLine: number): Promise<void> =>
  eventually(() => {
    const said = world
      .operator()
      .lines()
      .slice(sinceLine)
      .some((line) => line.message === 'watch interrupted' && line.kind === kind && line.cause === 'notServed');
    expect(said, `the log names ${kind}`).to.equal(true);
  });
