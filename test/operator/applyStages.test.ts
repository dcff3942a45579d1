import { expect } from 'chai';
import type { Change } from '../../src/core/plan/change.ts';
import type { ChangeResult } from '../../src/core/plan/changeResult.ts';
import { applyStages } from '../../src/operator/applyStages.ts';
import { changes, objectOf } from '../support/applied.ts';
import type { FakeServer } from '../support/buildServer.ts';
import { createServer, refused } from '../support/buildServer.ts';

const create = (name: string, stage: Change['stage'], kind = 'NetworkPolicy'): Change =>
  changes(kind, name, kind === 'NetworkPolicy' ? { spec: { podSelector: {} } } : { rules: [] }).create({ stage });
/** A prune of an object that exists. */
function prune(server: FakeServer, name: string, stage: Change['stage']): Change {
  const live = server.put(objectOf('NetworkPolicy', name, { spec: { podSelector: {} } }));
  if (live === undefined) throw new Error('it is not kept');
  return { ...changes('NetworkPolicy', name, {}).remove(live), stage };
}
const run = (server: FakeServer, list: readonly Change[]): Promise<readonly ChangeResult[]> =>
  applyStages(list, server.ports, new AbortController().signal);
const order = ({ writes }: FakeServer): readonly string[] => writes.map(({ ref }) => ref.name);
const results = (list: readonly ChangeResult[]): Readonly<Record<string, string>> =>
  Object.fromEntries(list.map(({ change, result }) => [change.ref.name, result]));
/** Refuses writes of a name so many times. */
function refuse(server: FakeServer, name: string, status: number, times = Number.POSITIVE_INFINITY): void {
  let left = times;
  const { before } = server;
  server.before = (write) => {
    before(write);
    if (write.ref.name !== name || left === 0) return;
    left -= 1;
    throw refused(status, 'no');
  };
}

describe('the stages of a section', () => {
  it('go allow, guard, prune-guard, prune-allow, whatever the order of the changes', async () => {
    const server = createServer();
    const list = [
      prune(server, 'drawbridge-pa', 'prune-allow'),
      prune(server, 'drawbridge-pg', 'prune-guard'),
      create('drawbridge-g', 'guard'),
      create('drawbridge-a', 'allow'),
    ];
    await run(server, list);
    expect(order(server)).to.deep.equal(['drawbridge-a', 'drawbridge-g', 'drawbridge-pg', 'drawbridge-pa']);
  });

  it('each wait for every answer of the one before', async () => {
    const server = createServer();
    const { writer } = server.ports;
    let release: () => void = () => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const ports = {
      ...server.ports,
      writer: {
        ...writer,
        create: async (...args: Parameters<typeof writer.create>) => {
          if (args[0].metadata.name === 'drawbridge-slow') await slow;
          return writer.create(...args);
        },
      },
    };
    const list = [
      create('drawbridge-slow', 'allow'),
      create('drawbridge-fast', 'allow'),
      create('drawbridge-g', 'guard'),
    ];
    const done = applyStages(list, ports, new AbortController().signal);
    await new Promise(setImmediate);
    expect(order(server)).to.deep.equal(['drawbridge-fast']);
    release();
    await done;
    expect(order(server)).to.deep.equal(['drawbridge-fast', 'drawbridge-slow', 'drawbridge-g']);
  });

  it('try a failed allow once more, then guard goes on: a missing allow must not leave a namespace open', async () => {
    const server = createServer();
    refuse(server, 'drawbridge-a', 500);
    const done = await run(server, [create('drawbridge-a', 'allow'), create('drawbridge-g', 'guard')]);
    expect(order(server)).to.deep.equal(['drawbridge-a', 'drawbridge-a', 'drawbridge-g']);
    expect(results(done)).to.deep.equal({ 'drawbridge-a': 'failed', 'drawbridge-g': 'written' });
  });

  it('count an allow as written that came through at the second try', async () => {
    const server = createServer();
    refuse(server, 'drawbridge-a', 500, 1);
    const list = [create('drawbridge-a', 'allow'), prune(server, 'drawbridge-p', 'prune-allow')];
    expect(results(await run(server, list))).to.deep.equal({ 'drawbridge-a': 'written', 'drawbridge-p': 'written' });
  });

  it('do not try again what a retry cannot help', async () => {
    const server = createServer();
    server.lacksRight = () => true;
    refuse(server, 'drawbridge-a', 403);
    await run(server, [create('drawbridge-a', 'allow')]);
    expect(server.writes).to.have.length(1);
  });

  it('do not try a failed guard again: the queue does', async () => {
    const server = createServer();
    refuse(server, 'drawbridge-g', 500);
    await run(server, [create('drawbridge-g', 'guard')]);
    expect(server.writes).to.have.length(1);
  });

  it('THREATS 3: prune nothing after any failure, and say that it waits', async () => {
    for (const [failing, stage] of [
      ['drawbridge-a', 'allow'],
      ['drawbridge-g', 'guard'],
    ] as const) {
      const server = createServer();
      refuse(server, failing, 500);
      const list = [
        create(failing, stage),
        prune(server, 'drawbridge-pg', 'prune-guard'),
        prune(server, 'drawbridge-pa', 'prune-allow'),
      ];
      expect(results(await run(server, list))).to.deep.equal({
        [failing]: 'failed',
        'drawbridge-pg': 'waiting',
        'drawbridge-pa': 'waiting',
      });
      expect(server.writes.some(({ verb }) => verb === 'remove')).to.equal(false);
    }
  });

  it('THREATS 3: keep the allows while a deny could not be pruned', async () => {
    const server = createServer();
    const list = [prune(server, 'drawbridge-pg', 'prune-guard'), prune(server, 'drawbridge-pa', 'prune-allow')];
    refuse(server, 'drawbridge-pg', 500);
    expect(results(await run(server, list))).to.deep.equal({ 'drawbridge-pg': 'failed', 'drawbridge-pa': 'waiting' });
  });

  it('THREATS 3: keep an old deny while admission changed the one that takes its place, and prune what allows', async () => {
    const server = createServer();
    const open = { spec: { podSelector: {}, ingress: [{}] } };
    const list: readonly Change[] = [
      create('drawbridge-g', 'guard'),
      prune(server, 'drawbridge-pg', 'prune-guard'),
      prune(server, 'drawbridge-pa', 'prune-allow'),
    ];
    server.admission = (object) => ({ ...object, ...open });
    expect(results(await run(server, list))).to.deep.equal({
      'drawbridge-g': 'written',
      'drawbridge-pg': 'waiting',
      'drawbridge-pa': 'written',
    });
    expect(server.get({ kind: 'NetworkPolicy', namespace: 'payments', name: 'drawbridge-pg' })).to.not.equal(undefined);
  });

  it('of one section do not wait for those of another', async () => {
    const server = createServer();
    refuse(server, 'drawbridge-r', 500);
    const list = [create('drawbridge-r', 'allow', 'Role'), prune(server, 'drawbridge-p', 'prune-allow')];
    expect(results(await run(server, list))).to.deep.equal({ 'drawbridge-r': 'failed', 'drawbridge-p': 'written' });
  });

  it('are none for no changes', async () => {
    expect(await run(createServer(), [])).to.deep.equal([]);
  });
});
