import { expect } from 'chai';
import { scenarioOf } from './scenario.ts';
import { seedsOf } from './seeds.ts';

describe('A scenario of chaos', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(scenarioOf(7)).to.deep.equal(scenarioOf(7));
    expect(scenarioOf(7).steps).not.to.deep.equal(scenarioOf(8).steps);
  });

  it('is plain data, so that a failure can be kept and played again', () => {
    const scenario = scenarioOf(3);
    expect(JSON.parse(JSON.stringify(scenario))).to.deep.equal(scenario);
  });

  it('has its steps in order and within its time', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const { steps, lengthMs } = scenarioOf(seed);
      const times = steps.map(({ atMs }) => atMs);
      expect(times).to.deep.equal(times.toSorted((a, b) => a - b));
      expect(times.every((atMs) => atMs >= 0 && atMs < lengthMs)).to.equal(true);
    }
  });

  it('over fifty seeds has every kind of deed, with one replica and with two', () => {
    const scenarios = Array.from({ length: 50 }, (_, index) => scenarioOf(index + 1));
    const deeds = new Set(scenarios.flatMap(({ steps }) => steps.map(({ deed }) => deed.do)));
    expect([...deeds]).to.include.members([
      ...['tamper', 'fault', 'kill', 'terminate', 'freeze', 'killApiServer', 'editBaseline', 'deleteBaseline'],
      ...['createNamespace', 'deleteNamespace', 'relabel', 'plant', 'annotate'],
    ]);
    expect(new Set(scenarios.map(({ replicas }) => replicas))).to.deep.equal(new Set([1, 2]));
  });
});

describe('The seeds to play', () => {
  it('are named one by one, or from one to another', () => {
    expect(seedsOf(['1', '4..6', '9,10'])).to.deep.equal([1, 4, 5, 6, 9, 10]);
  });

  it('that are none are refused with what to write instead', () => {
    expect(() => seedsOf(['x'])).to.throw('"x" is no seed: write 7, or 1..50');
    expect(() => seedsOf([])).to.throw('name the seeds to play');
  });
});
