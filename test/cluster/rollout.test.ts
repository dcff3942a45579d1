import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import type { AnyObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { conditionOf, shown, untilReady, workSince } from './support/look.ts';
import { baselinePath, DENY, policies } from './support/paths.ts';
import { declare, denyOnly } from './support/spec.ts';
import { refusePolicies } from './supportB/obstacles.ts';

const NAME = 'slow';
const NAMESPACES = ['slow-a', 'slow-b', 'slow-c', 'slow-d', 'slow-e', 'slow-f'];
const LONG_MS = 20_000;

describe('A roll-out in batches', function () {
  this.timeout(60_000);
  const world = useWorld();
  const admin = () => world().admin;
  const typesIn = async (namespace: string): Promise<string> =>
    ((await admin().find(policies(namespace, DENY)))?.spec.policyTypes ?? ['none']).join();
  const at = async (types: string): Promise<readonly string[]> => {
    const all = await Promise.all(NAMESPACES.map(async (name) => ({ name, types: await typesIn(name) })));
    return all.filter((one) => one.types === types).map(({ name }) => name);
  };
  const edit = (defaultDeny: readonly string[]) =>
    admin().patch(baselinePath(NAME), { spec: { network: { defaultDeny } } });
  const untilAt = (types: string, count: number) =>
    eventually(async () => expect(await at(types)).to.have.lengthOf(count), { withinMs: LONG_MS });
  const untilEvent = (reason: string) =>
    eventually(
      async () => {
        const events = await admin().list('/apis/events.k8s.io/v1/namespaces/default/events');
        expect(events.map((event) => event.reason)).to.include(reason);
      },
      { withinMs: LONG_MS },
    );
  const untilStopped = (): Promise<AnyObject> =>
    eventually(
      async () => {
        const ready = conditionOf(await world().baseline(NAME), 'Ready');
        expect(ready).to.include({ status: 'Unknown', reason: 'RolloutPaused' });
        return ready as AnyObject;
      },
      { withinMs: LONG_MS },
    );

  before(async () => {
    for (const namespace of NAMESPACES) await world().namespace(namespace, { baseline: NAME, obstacle: namespace });
    await declare(world(), NAME, { ...denyOnly(), rollout: { batch: 2, pause: '1s' } });
    await untilReady(world(), NAME, NAMESPACES.length);
  });

  it('brings an edit to so many namespaces at a time, and says when it is done', async () => {
    const mark = await world().mark();
    await edit(['Ingress']);
    await untilAt('Ingress', NAMESPACES.length);
    const { status } = await untilReady(world(), NAME, NAMESPACES.length);
    expect(status).not.to.have.property('rollout');
    await untilEvent('RolloutFinished');
    const writes = (await workSince(world(), mark)).filter(({ resource }) => resource === 'networkpolicies');
    expect(writes, shown(writes).join()).to.have.lengthOf(NAMESPACES.length);
    const [, second = 0, third = 0, fourth = 0, fifth = 0] = writes.map(({ at }) => at.getTime());
    // By the API server's clock: a pause between two batches.
    expect(Math.min(third - second, fifth - fourth)).to.be.at.least(900);
  });

  it('stops where a write is refused, repairs drift meanwhile, and goes on by itself', async () => {
    const clear = await refusePolicies('Forbidden')(world(), 'slow-a');
    await edit(['Egress']);
    const { message } = await untilStopped();
    expect(message).to.match(/^stopped at \d\/6 by slow-a: RefusedByAdmission; .*not in this house/);
    await untilEvent('RolloutPaused');
    const [waiting = ''] = await at('Ingress').then((names) => names.filter((name) => name !== 'slow-a'));
    expect(waiting).to.match(/^slow-/);
    await admin().delete(policies(waiting, DENY));
    await eventually(async () => expect(await typesIn(waiting)).to.equal('Ingress'));
    const [closed, mark] = [await at('Ingress'), await world().mark()];
    await world().restartOperator();
    // The same trouble, found again by the process that goes on: until then nothing else moves, and nothing is opened.
    await eventually(
      async () => {
        const writes = await world().writesSince(mark, { all: true, resources: ['networkpolicies'] });
        expect(writes.filter(({ namespace }) => namespace === 'slow-a')).to.have.lengthOf.above(2);
      },
      { withinMs: LONG_MS },
    );
    await untilStopped();
    expect(await at('Ingress')).to.deep.equal(closed);
    await clear();
    await untilAt('Egress', NAMESPACES.length);
    await untilReady(world(), NAME, NAMESPACES.length);
  });
});
