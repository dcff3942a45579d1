import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import type { AnyObject } from '../../support/kubeAdmin.ts';
import type { World } from '../../support/world.ts';
import { shown, workSince } from './look.ts';
import { eventsPath, reportPath } from './paths.ts';

/** What a test expects of one repair. */
export interface ExpectedRepair {
  readonly namespace: string;
  /** Path and kind of the object that was tampered with. */
  readonly path: string;
  readonly kind: string;
  /** The object as it was wanted; undefined: it must be gone. */
  readonly wanted: AnyObject | undefined;
  /** What is told of it; more than one only where one attack is seen as several. */
  readonly drifts: readonly [...(readonly ExpectedDrift[]), ExpectedDrift];
  /** The garbage collector may delete the object before the repair comes: then the repair is to make it anew. */
  readonly collectable?: boolean;
  /** Successful writes on the object: 1 but where Kubernetes needs a delete and a create (THREATS 2). */
  readonly writes: readonly string[];
}

export interface ExpectedDrift {
  readonly change: 'deleted' | 'modified';
  /** The field manager that is to be named; '' where there is none: nobody signs a deletion or what is taken away. */
  readonly manager: string;
}

const COLLECTED = { drifts: [{ change: 'deleted', manager: '' }], writes: ['create'] } as const;

/** For so long no second write may follow. */
const SETTLED_MS = 1500;

/** Drifts seen and repairs made so far. */
const countersOf = async (world: World): Promise<Readonly<Record<'deleted' | 'modified' | 'repaired', number>>> => ({
  deleted: await world.operator().metric('drawbridge_drift_detected_total', { change: 'deleted' }),
  modified: await world.operator().metric('drawbridge_drift_detected_total', { change: 'modified' }),
  repaired: await world.operator().metric('drawbridge_repairs_total', { result: 'repaired' }),
});

/** Tampers, and checks that one repair follows, with all that tells of it. Answers how long it took, as logged. */
export async function expectRepair(
  world: World,
  intended: ExpectedRepair,
  tamper: () => Promise<void>,
): Promise<number> {
  const { namespace, path, kind, wanted } = intended;
  const before = await countersOf(world);
  const logged = world.operator().lines().length;
  const mark = await world.mark();
  await tamper();
  await eventually(async () => expect(matterOf(await world.admin.find(path))).to.deep.equal(matterOf(wanted)), {
    everyMs: 10,
  });
  await sleep(SETTLED_MS);
  expect(matterOf(await world.admin.find(path))).to.deep.equal(matterOf(wanted));
  const name = path.slice(path.lastIndexOf('/') + 1);
  const writes = await workSince(world, mark, namespace);
  const collected = intended.collectable === true && writes[0]?.verb === 'create';
  const expected: ExpectedRepair = collected ? { ...intended, ...COLLECTED } : intended;
  const { drifts } = expected;
  expect(
    writes.map(({ verb }) => verb),
    shown(writes).join('; '),
  ).to.deep.equal(expected.writes);
  expect(new Set(writes.map((write) => write.name))).to.deep.equal(new Set([name]));
  const ms = expectLogged(world, logged, expected, `${kind} ${namespace}/${name}`);
  const after = await countersOf(world);
  const seen = (what: 'deleted' | 'modified') => drifts.filter(({ change }) => change === what).length;
  expect(after).to.deep.equal({
    deleted: before.deleted + seen('deleted'),
    modified: before.modified + seen('modified'),
    repaired: before.repaired + drifts.length,
  });
  await expectReported(world, expected, `${kind} ${namespace}/${name}`);
  await expectEvent(world, expected, name);
  return ms;
}

/** All that a repair must restore: everything but what the server itself writes. */
function matterOf(object: AnyObject | undefined): unknown {
  if (object === undefined) return undefined;
  const { metadata, ...content } = object;
  const { name, namespace, labels, annotations, ownerReferences, finalizers, deletionTimestamp } = metadata;
  return {
    ...content,
    metadata: { name, namespace, labels, annotations, ownerReferences, finalizers, deletionTimestamp },
  };
}

function expectLogged(world: World, from: number, { drifts, namespace }: ExpectedRepair, object: string): number {
  const lines = world
    .operator()
    .lines()
    .slice(from)
    .filter((line) => line.message === 'drift repaired' && line.namespace === namespace);
  expect(lines.map((line) => ({ object: line.object, change: line.change, manager: line.manager }))).to.deep.equal(
    drifts.map((drift) => ({ object, ...drift })),
  );
  return Math.max(...lines.map(({ ms }) => Number(ms)));
}

const expectReported = (world: World, { namespace, drifts }: ExpectedRepair, object: string): Promise<void> =>
  eventually(async () => {
    const { lastDrift } = await world.admin.get(reportPath(namespace));
    expect(lastDrift, JSON.stringify(lastDrift)).to.deep.include({ object, ...drifts.at(-1) });
    expect(lastDrift.repairedInMs).to.be.at.least(0);
  });

const expectEvent = (world: World, { namespace, kind, drifts }: ExpectedRepair, name: string): Promise<void> =>
  eventually(async () => {
    const events = (await world.admin.list(eventsPath(namespace))).filter(
      ({ reason, regarding }) => reason === 'DriftRepaired' && regarding.kind === kind && regarding.name === name,
    );
    const notes: readonly string[] = events.map(({ note }) => note);
    for (const { change, manager } of drifts) {
      const told = notes.filter((note) => note.includes(`was ${change}`) && note.includes(manager));
      expect(told, notes.join('; ')).to.have.lengthOf(1);
    }
  });
