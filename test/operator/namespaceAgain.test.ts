import { expect } from 'chai';
import type { Outcome } from '../../src/core/outcome/outcome.ts';
import { objectOf } from '../support/applied.ts';
import { baseline } from '../support/build.ts';
import { refused } from '../support/buildServer.ts';
import { namespaceWorld } from './namespaceWorld.ts';

const restricted = baseline('restricted');
const DENY = { kind: 'NetworkPolicy', namespace: 'payments', name: 'drawbridge-default-deny' };
const open = (name: string, meta: object = {}) =>
  objectOf('NetworkPolicy', name, { spec: { podSelector: {}, ingress: [{}] } }, meta);
const _drifts = ({ drifts: all }: Outcome): readonly string[] => all.map(({ change, result }) => `${change} ${result}`);
const reasons = ({ baselines }: Outcome): readonly string[] =>
  baselines.flatMap(({ findings }) => findings.map(({ reason }) => reason));

describe('when a namespace is looked at again', () => {
  it('is after a back-off when a write failed, and not before the server wants it', async () => {
    const world = namespaceWorld([restricted]);
    world.server.before = () => {
      throw refused(429, 'later', { details: { retryAfterSeconds: 3 } });
    };
    expect(await world.look()).to.deep.equal({ result: 'retry', afterMs: 3000 });
    expect(world.last().baselines[0]).to.include({ state: 'failed' });
  });

  it('is never for a namespace that terminates', async () => {
    const world = namespaceWorld([restricted]);
    world.server.before = () => {
      throw refused(403, 'going', { details: { causes: [{ reason: 'NamespaceTerminating' }] } });
    };
    expect((await world.look()).result).to.equal('done');
  });

  it('THREATS 5: is in 20 ms for what exceeded the budget, also when another write was refused', async () => {
    const rules = Array.from({ length: 60 }, (_, i) => ({
      name: `r${i}`,
      podSelector: { matchLabels: {} },
      ingress: [{ from: [], ports: [] }],
    }));
    const world = namespaceWorld([
      baseline('restricted', { network: { defaultDeny: ['Ingress', 'Egress'], allow: { rules } } }),
    ]);
    world.server.before = ({ ref }) => {
      if (ref.name === 'drawbridge-rule-r0') throw refused(403, 'a webhook says no');
    };
    expect(await world.look()).to.deep.equal({ result: 'retry', afterMs: 0, againAtMs: 20 });
  });

  it('THREATS 10: is later and later for what admission changes, and not at all once that is over', async () => {
    const world = namespaceWorld([restricted]);
    world.server.admission = (object) => ({ ...object, spec: { podSelector: {}, ingress: [{}] } });
    expect(await world.look()).to.deep.equal({ result: 'done', againAtMs: 1000 });
    world.clock.spend(500);
    expect(await world.look()).to.deep.equal({ result: 'done', againAtMs: 1000 });
    expect(world.server.writes).to.have.length(1);
    expect(reasons(world.last())).to.deep.equal(['ChangedByAdmission']);
    world.clock.spend(500);
    expect(await world.look()).to.deep.equal({ result: 'done', againAtMs: 3000 });
    expect(world.server.writes).to.have.length(2);
    world.server.admission = (object) => object;
    world.clock.spend(2000);
    // A minute on, to forget the repair.
    expect(await world.look()).to.deep.equal({ result: 'done', againAtMs: 63_000 });
    expect(world.server.writes).to.have.length(3);
    expect(reasons(world.last())).to.deep.equal([]);
  });

  it('is not over and over for what admission had changed when the baseline rests since', async () => {
    const world = namespaceWorld([restricted]);
    world.server.admission = (object) => ({ ...object, spec: { podSelector: {}, ingress: [{}] } });
    await world.look();
    world.set([baseline('restricted', { suspend: true }, { generation: 2 })]);
    world.clock.spend(5000);
    expect(await world.look()).to.deep.equal({ result: 'done' });
  });

  it('is at once after a removal, so that findings about what went go too', async () => {
    const remove = { defaultDeny: ['Ingress', 'Egress'], foreignPolicies: 'Remove' } as const;
    const world = namespaceWorld([baseline('restricted', { network: remove })]);
    await world.look();
    world.server.put(open('theirs', { labels: {} }));
    expect(await world.look()).to.deep.equal({ result: 'done', againAtMs: 0 });
    expect(world.server.get({ ...DENY, name: 'theirs' })).to.equal(undefined);
    expect(await world.look()).to.deep.equal({ result: 'done' });
    expect(reasons(world.last())).to.deep.equal([]);
  });

  it('THREATS 5: is a minute after the last repair, so that a contest is forgotten by itself', async () => {
    const world = namespaceWorld([restricted]);
    await world.look();
    let result: unknown;
    for (let i = 0; i < 6; i += 1) {
      world.clock.spend(100);
      world.server.put(open(DENY.name));
      result = await world.look();
    }
    expect(result).to.deep.equal({ result: 'done', againAtMs: 60_600 });
    expect(world.last().contested).to.equal(1);
    expect(reasons(world.last())).to.deep.equal(['Contested']);
    world.clock.spend(60_000);
    expect(await world.look()).to.deep.equal({ result: 'done' });
    expect(world.last().contested).to.equal(0);
  });
});
