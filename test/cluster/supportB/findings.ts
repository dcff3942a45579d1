import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import type { AnyObject } from '../../support/kubeAdmin.ts';
import type { World } from '../../support/world.ts';
import { baselinePath, reportPath } from '../support/paths.ts';

/** The findings that a namespace's report holds. */
export async function findingsIn(world: World, namespace: string): Promise<readonly AnyObject[]> {
  return (await world.admin.find(reportPath(namespace)))?.findings ?? [];
}

/** Waits until the report of a namespace has a finding with this reason, and answers it. */
export const untilFinding = (
  world: World,
  namespace: string,
  reason: string,
  fields: Readonly<Record<string, unknown>> = {},
  withinMs = 10_000,
): Promise<AnyObject> =>
  eventually(
    async () => {
      const all = await findingsIn(world, namespace);
      const found = all.find((f) => f.reason === reason && Object.entries(fields).every(([k, v]) => f[k] === v));
      expect(found, `${reason} in ${JSON.stringify(all)}`).not.to.equal(undefined);
      return found as AnyObject;
    },
    { withinMs },
  );

/** Waits until the report of a namespace has no finding with this reason; with no reason, none at all. */
export const untilNoFinding = (world: World, namespace: string, reason?: string, withinMs = 10_000): Promise<void> =>
  eventually(
    async () => {
      expect(await world.admin.find(reportPath(namespace)), 'the report').not.to.equal(undefined);
      const all = await findingsIn(world, namespace);
      expect(reason === undefined ? all : all.filter((f) => f.reason === reason)).to.deep.equal([]);
    },
    { withinMs },
  );

/** Merge patch of a baseline's spec. */
export const edit = (world: World, name: string, spec: Readonly<Record<string, unknown>>): Promise<AnyObject> =>
  world.admin.patch(baselinePath(name), { spec });

/** Creates a baseline that selects every namespace with one of these values of a label. */
export const declareFor = (
  world: World,
  name: string,
  group: string,
  spec: Readonly<Record<string, unknown>>,
): Promise<AnyObject> =>
  world.admin.create({
    apiVersion: 'drawbridge.dev/v1alpha1',
    kind: 'SecurityBaseline',
    metadata: { name },
    spec: { enforcement: 'Enforce', namespaceSelector: { matchLabels: { baseline: group } }, ...spec },
  });
