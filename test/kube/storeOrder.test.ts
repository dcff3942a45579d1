import { expect } from 'chai';
import fc from 'fast-check';
import type { Entry } from '../../src/k8s/entry.ts';
import { createEntryInterner } from '../../src/kube/entryInterner.ts';
import type { KindFollower } from '../../src/kube/kindFollower.ts';
import { createKindFollower } from '../../src/kube/kindFollower.ts';
import type { WatchEvent } from '../../src/kube/watchEvent.ts';
import { entry } from './entries.ts';

/** What somebody does to an object on the server; `own`: it is us, so an answer comes too. */
interface Deed {
  readonly deed: 'write' | 'delete' | 'hold' | 'relist' | 'replay';
  readonly name: string;
  readonly own: boolean;
  /** How many deliveries happen before the next deed, and which: of answers (odd) or of events (even). */
  readonly deliveries: readonly number[];
}

const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.record({
    deed: fc.constantFrom('write', 'write', 'write', 'delete', 'hold', 'relist', 'replay'),
    name: fc.constantFrom('a', 'b'),
    own: fc.boolean(),
    deliveries: fc.array(fc.nat(9), { maxLength: 4 }),
  }),
  { maxLength: 40 },
);

/** A server, and a wire on which events keep their order and answers do not. */
function createWire(follower: KindFollower) {
  const live = new Map<string, Entry>();
  let events: WatchEvent[] = [];
  const history: WatchEvent[] = [];
  const tell = (event: WatchEvent) => {
    events.push(event);
    history.push(event);
  };
  const answers: (() => void)[] = [];
  let version = 10;
  let uids = 0;
  const write = (name: string, own: boolean, change: Partial<Entry>) => {
    version += 1;
    const before = live.get(name);
    if (before === undefined) uids += 1;
    const next = entry(name, version, { ...change, uid: before?.uid ?? `${name}-${uids}`, body: { version } });
    live.set(name, next);
    tell({ type: 'apply', entry: next });
    if (own) answers.push(() => follower.acknowledge(next));
  };
  const remove = (name: string, own: boolean) => {
    const before = live.get(name);
    if (before === undefined) return;
    version += 1;
    live.delete(name);
    tell({ type: 'delete', namespace: 'default', name, uid: before.uid, resourceVersion: String(version) });
    if (own) answers.push(() => follower.acknowledgeDelete(before));
  };
  /** A delete that a finalizer holds up. */
  const hold = (name: string, own: boolean) => {
    const before = live.get(name);
    if (before === undefined) return;
    write(name, false, { deleting: true });
    if (own) answers.push(() => follower.acknowledgeDelete(before));
  };
  /** The connection breaks: what was on its way is lost, and a list follows. */
  const relist = () => {
    events = [{ type: 'init' }, ...[...live.values()].map((one): WatchEvent => ({ type: 'apply', entry: one }))];
    events.push({ type: 'initDone', resourceVersion: String(version) });
  };
  /** Everything is told once more, by a server whose watch begins at an older version than it was asked to. */
  const replay = (past: (act: () => void) => void) => {
    while (events.length > 0) deliver(0);
    past(() => {
      for (const event of history) follower.apply(event);
    });
  };
  const deliver = (choice: number): void => {
    const answer = choice % 2 === 1 ? answers.splice(choice % Math.max(1, answers.length), 1)[0] : undefined;
    const event = answer === undefined ? events.shift() : undefined;
    answer?.();
    if (event !== undefined) follower.apply(event);
  };
  return {
    live,
    act: ({ deed, name, own, deliveries }: Deed, past: (act: () => void) => void) => {
      if (deed === 'write') write(name, own, { deleting: live.get(name)?.deleting ?? false });
      else if (deed === 'delete') remove(name, own);
      else if (deed === 'hold') hold(name, own);
      else if (deed === 'relist') relist();
      else replay(past);
      for (const choice of deliveries) deliver(choice);
    },
    settle: (odd: boolean) => {
      for (let turn = odd ? 1 : 0; answers.length + events.length > 0; turn += 1) deliver(turn % 2);
    },
  };
}

describe('The store, whatever the order in which events and answers come', () => {
  it('ends as the server, and every change begins where the one before it ended', () => {
    fc.assert(
      fc.property(deeds, fc.boolean(), (list, odd) => {
        const interner = createEntryInterner();
        const told = new Map<string, Entry>();
        let isPast = false;
        const follower = createKindFollower(interner, (before, after) => {
          const name = (before ?? after)?.name ?? '';
          expect(isPast, 'what was told before is no news').to.equal(false);
          expect(told.get(name), 'the change before it').to.equal(before);
          expect(before?.resourceVersion).not.to.equal(after?.resourceVersion);
          if (after === undefined) told.delete(name);
          else told.set(name, after);
        });
        follower.apply({ type: 'init' });
        follower.apply({ type: 'initDone', resourceVersion: '10' });
        const wire = createWire(follower);
        const past = (act: () => void) => {
          isPast = true;
          act();
          isPast = false;
        };
        for (const deed of list) wire.act(deed, past);
        wire.settle(odd);
        const known = Object.fromEntries([...follower.entries.all()].map((one) => [one.name, one]));
        expect(known).to.deep.equal(Object.fromEntries(wire.live));
        for (const one of [...follower.entries.all()]) interner.release(one);
        expect(interner.size()).to.equal(0);
      }),
      { numRuns: 2_000 },
    );
  });
});
