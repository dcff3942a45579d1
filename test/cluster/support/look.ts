import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { AuditWrite } from '../../support/controlPlane/auditLog.ts';
import { eventually } from '../../support/eventually.ts';
import type { AnyObject } from '../../support/kubeAdmin.ts';
import type { World } from '../../support/world.ts';
import { LABEL } from './spec.ts';

/** Reports and Events tell of the work; they are not the work. */
const TELLING: ReadonlySet<string> = new Set(['baselinereports', 'events']);

/** The operator's successful writes since a mark, but for reports and Events; in one namespace when one is given. */
export async function workSince(world: World, mark: number, namespace?: string): Promise<readonly AuditWrite[]> {
  const writes = await world.writesSince(mark);
  return writes.filter(
    (write) => !TELLING.has(write.resource) && (namespace === undefined || write.namespace === namespace),
  );
}

/** For messages of assertions. */
export const shown = (writes: readonly AuditWrite[]): readonly string[] =>
  writes.map(
    ({ verb, resource, namespace, name, subresource, code }) =>
      `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`} ${namespace ?? ''}/${name ?? ''} ${code}`,
  );

export const conditionOf = (baseline: AnyObject, type: string): AnyObject | undefined =>
  baseline.status?.conditions?.find((condition: AnyObject) => condition.type === type);

/** Waits until a baseline governs so many namespaces and says of its present generation that it is Ready. */
export const untilReady = (world: World, name: string, governed: number, withinMs = 20_000): Promise<AnyObject> =>
  eventually(
    async () => {
      const baseline = await world.baseline(name);
      const ready = conditionOf(baseline, 'Ready');
      expect(baseline.status?.namespaces?.governed).to.equal(governed);
      expect(ready?.status, JSON.stringify(baseline.status)).to.equal('True');
      expect(ready?.observedGeneration).to.equal(baseline.metadata.generation);
      return baseline;
    },
    { withinMs },
  );

/** Waits until a condition of a baseline has this status. */
export const untilCondition = (
  world: World,
  name: string,
  type: string,
  status: string,
  withinMs = 10_000,
): Promise<AnyObject> =>
  eventually(
    async () => {
      const baseline = await world.baseline(name);
      expect(conditionOf(baseline, type)?.status, JSON.stringify(baseline.status)).to.equal(status);
      return baseline;
    },
    { withinMs, everyMs: 20 },
  );

/** Waits until the API server's log shows no write of the operator for so long, Events and reports included. */
export async function untilQuiet(world: World, quietMs = 1500, withinMs = 20_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const mark = await world.mark();
    await sleep(quietMs);
    const writes = await world.writesSince(mark, { all: true });
    if (writes.length === 0) return;
    if (performance.now() > endMs) throw new Error(`the operator does not rest: ${shown(writes).join('; ')}`);
  }
}

/** Proves that the operator writes nothing for a while. */
export async function staysQuiet(world: World, mark: number, ms: number): Promise<void> {
  await sleep(ms);
  expect(shown(await world.writesSince(mark, { all: true }))).to.deep.equal([]);
}

/** A namespace that a baseline selects. */
export const member = (world: World, name: string, baseline: string): Promise<AnyObject> =>
  world.namespace(name, { [LABEL]: baseline });
