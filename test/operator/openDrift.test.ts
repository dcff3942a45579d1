import { expect } from 'chai';
import type { Change } from '../../src/core/plan/change.ts';
import type { ChangeResult } from '../../src/core/plan/changeResult.ts';
import type { Before } from '../../src/operator/drift.ts';
import { driftsOf } from '../../src/operator/drift.ts';
import { create, liveOf, update } from '../core/changes.ts';

const CONVERGED: Before = {
  convergedAlike: true,
  heldBefore: false,
  firstLook: false,
  reported: new Set(),
  told: () => false,
  open: new Map(),
};
const change: Change = update();
const failed: ChangeResult = {
  change,
  result: 'failed',
  refusal: { reason: 'Unreachable', message: '', retry: 'backoff' },
};
const written: ChangeResult = { change, result: 'written', answer: liveOf(change.ref.name, '9'), atMs: 9_000 };

describe('drift that cannot be put right at once', () => {
  const first = driftsOf([failed], [], CONVERGED, 100);

  it('is told once, however often it is tried', () => {
    expect(first.drifts.map(({ result }) => result)).to.deep.equal(['failed']);
    expect(driftsOf([failed], [], { ...CONVERGED, open: first.open }, 500).drifts).to.deep.equal([]);
  });

  it('lasted from when it was first seen, and is the same drift when it is repaired at last', () => {
    const second = driftsOf([failed], [], { ...CONVERGED, open: first.open }, 500);
    const [repaired, ...more] = driftsOf([written], [], { ...CONVERGED, open: second.open }, 8_999).drifts;
    expect(more).to.deep.equal([]);
    expect(repaired).to.deep.include({ result: 'repaired', repairedInMs: 8_900, again: true, change: 'modified' });
  });

  it('stays drift when the baseline is edited meanwhile', () => {
    const edited = { ...CONVERGED, convergedAlike: false, open: first.open };
    expect(driftsOf([written], [], edited, 8_999).drifts.map(({ result }) => result)).to.deep.equal(['repaired']);
  });

  it('is another drift when somebody does another thing to the object meanwhile, wrong since the first', () => {
    const missing: ChangeResult = { ...failed, change: create() };
    const { open } = driftsOf([missing], [], CONVERGED, 100);
    const planted = update('drawbridge-d', { live: { ...liveOf('drawbridge-d'), manager: 'mallory' } });
    const [drift] = driftsOf([{ ...written, change: planted }], [], { ...CONVERGED, open }, 500).drifts;
    expect(drift).to.deep.include({ change: 'modified', manager: 'mallory', result: 'repaired', repairedInMs: 8_900 });
    expect(drift?.again).to.equal(undefined);
  });

  it('is the same while what is there is what admission made of our own write', () => {
    const { open } = driftsOf([{ ...failed, change: create() }], [], CONVERGED, 100);
    const own = update('drawbridge-d', { live: { ...liveOf('drawbridge-d'), manager: 'drawbridge' } });
    expect(driftsOf([{ ...failed, change: own }], [], { ...CONVERGED, open }, 500).drifts).to.deep.equal([]);
  });

  it('counts from when the budget held it up', () => {
    const bounded = driftsOf([], [{ change, reason: 'WritesBounded' }], CONVERGED, 100);
    expect(bounded.drifts).to.deep.equal([]);
    const [repaired] = driftsOf([written], [], { ...CONVERGED, open: bounded.open }, 8_000).drifts;
    expect(repaired).to.deep.include({ repairedInMs: 8_900 });
    expect(repaired?.again).to.equal(undefined);
  });

  it('is no failure while somebody else was only faster, until the third time in a row', () => {
    const raced: ChangeResult = {
      change,
      result: 'failed',
      refusal: { reason: 'Conflict', message: '', retry: 'soon' },
    };
    const once = driftsOf([raced], [], CONVERGED, 100);
    const twice = driftsOf([raced], [], { ...CONVERGED, open: once.open }, 200);
    const thrice = driftsOf([raced], [], { ...CONVERGED, open: twice.open }, 300);
    expect([once, twice, thrice].map(({ drifts }) => drifts.map(({ result }) => result))).to.deep.equal([
      [],
      [],
      ['failed'],
    ]);
    const [repaired] = driftsOf([written], [], { ...CONVERGED, open: twice.open }, 8_000).drifts;
    expect(repaired).to.deep.include({ result: 'repaired', repairedInMs: 8_900 });
    expect(repaired?.again).to.equal(undefined);
  });

  it('is forgotten when it is right without us', () => {
    expect(driftsOf([], [], { ...CONVERGED, open: first.open }, 500).open.size).to.equal(0);
  });
});
