import { expect } from 'chai';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import type { Governance } from '../../src/core/govern/governance.ts';
import type { Contribution } from '../../src/core/outcome/tally.ts';
import type { ChangeResult } from '../../src/core/plan/changeResult.ts';
import type { Ledger } from '../../src/operator/ledger.ts';
import { createLedger } from '../../src/operator/ledger.ts';
import { create, update } from '../core/changes.ts';
import { contribution, tallyOf } from '../core/tallies.ts';
import { baseline, governed, heldBy } from '../support/build.ts';
import { DRIFT, outcomeOver } from './outcomes.ts';

const restricted = baseline('restricted');
const edited = baseline('restricted', {}, { generation: 2 });
const trial = baseline('trial', { enforcement: 'Audit', priority: 9 });

const over = (namespace: string, ...baselines: readonly Baseline[]): Governance => governed(baselines, namespace);
const counts = (ledger: Ledger, name = 'restricted'): string => {
  const { counts: all } = ledger.tally(name);
  const said = Object.entries(all).flatMap(([state, count]) => (count === 0 ? [] : [`${count} ${state}`]));
  return said.join(', ');
};

describe('the ledger', () => {
  it('counts a namespace as pending until it was looked at', () => {
    const ledger = createLedger(() => 0);
    ledger.expect(over('a', restricted));
    ledger.expect(over('b', restricted));
    expect(counts(ledger)).to.equal('2 pending');
    ledger.record(outcomeOver(over('a', restricted)));
    expect(counts(ledger)).to.equal('1 compliant, 1 pending');
  });

  it('keeps of an outcome what is asked again, and none of the objects that were written', () => {
    const ledger = createLedger(() => 0);
    const written: ChangeResult = { change: update(), result: 'written', answer: undefined, atMs: 1 };
    const refusal = { reason: 'MissingRight', message: 'no', retry: 'stalled' } as const;
    const failed: ChangeResult = { change: create(), result: 'failed', refusal };
    const told = { results: [written, failed], drifts: [DRIFT], takenOver: [written.change] };
    ledger.record(outcomeOver(over('a', restricted), contribution(), told));
    expect(ledger.outcome('a')).to.deep.include({ results: [failed], drifts: [], takenOver: [] });
  });

  it('counts it as pending again when the baseline was edited, and not when something else was', () => {
    const ledger = createLedger(() => 0);
    ledger.expect(over('a', restricted));
    ledger.record(outcomeOver(over('a', restricted), contribution('drifted')));
    ledger.expect(over('a', restricted, trial));
    expect(counts(ledger)).to.equal('1 drifted');
    expect(counts(ledger, 'trial')).to.equal('1 pending');
    ledger.expect(over('a', edited));
    expect(counts(ledger)).to.equal('1 pending');
    expect(counts(ledger, 'trial')).to.equal('');
  });

  it('does not take a look that began before an edit for one at the edit', () => {
    const ledger = createLedger(() => 0);
    ledger.expect(over('a', restricted));
    const begun = outcomeOver(over('a', restricted));
    ledger.expect(over('a', edited));
    ledger.record(begun);
    expect(counts(ledger)).to.equal('1 pending');
    ledger.record(outcomeOver(over('a', edited)));
    expect(counts(ledger)).to.equal('1 compliant');
  });

  it('does not take it for a look at another baseline, nor at one made anew under the name', () => {
    const again = baseline('restricted', {}, { uid: 'another' });
    for (const next of [again, baseline('other', { priority: 5 })]) {
      const ledger = createLedger(() => 0);
      ledger.expect(over('a', restricted));
      ledger.record(outcomeOver(over('a', restricted)));
      ledger.expect(over('a', next));
      expect(counts(ledger, next.name)).to.equal('1 pending');
      ledger.record(outcomeOver(over('a', restricted)));
      expect(counts(ledger, next.name)).to.equal('1 pending');
    }
  });

  it('THREATS 14: counts retained namespaces apart, with what is wrong in them', () => {
    const ledger = createLedger(() => 0);
    const retained = governed([restricted], 'a', {}, heldBy(restricted));
    ledger.record(outcomeOver(retained, contribution('drifted', { retained: true })));
    expect(counts(ledger)).to.equal('1 retained');
    expect(ledger.tally('restricted').bad.size).to.equal(1);
  });

  it('counts nothing of a namespace that goes, that is gone, or that nobody governs any more', () => {
    const ledger = createLedger(() => 0);
    const bad = outcomeOver(over('a', restricted), contribution('failed'), { contested: 2 });
    for (const end of [
      () => ledger.record({ ...bad, baselines: [], contested: 0 }),
      () => ledger.forget('a'),
      () => ledger.expect(over('a')),
    ]) {
      ledger.expect(over('a', restricted));
      ledger.record(bad);
      expect(counts(ledger)).to.equal('1 failed');
      end();
      expect(ledger.tally('restricted')).to.deep.include(tallyOf({}));
      expect([...ledger.baselines()]).to.deep.equal([]);
    }
  });

  it('says which baselines may have changed', () => {
    const ledger = createLedger(() => 0);
    const changed: string[] = [];
    ledger.changed$.subscribe((name) => changed.push(name));
    ledger.expect(over('a', restricted, trial));
    expect(changed.splice(0).toSorted()).to.deep.equal(['restricted', 'trial']);
    ledger.expect(over('a', restricted, trial));
    expect(changed.splice(0)).to.deep.equal([]);
    ledger.expect(over('a', trial));
    expect(changed).to.deep.equal(['restricted']);
  });

  it('dates the moment a namespace stopped being compliant, and its first look as 0', () => {
    let nowMs = 100;
    const ledger = createLedger(() => nowMs);
    const since = (): number | undefined => ledger.tally('restricted').bad.get('a')?.sinceMs;
    const look = (state: Contribution['state']): void =>
      ledger.record(outcomeOver(over('a', restricted), contribution(state)));
    look('drifted');
    expect(since()).to.equal(0);
    nowMs = 200;
    look('failed');
    expect(since()).to.equal(0);
    look('compliant');
    expect(since()).to.equal(undefined);
    nowMs = 300;
    look('drifted');
    nowMs = 400;
    look('drifted');
    expect(since()).to.equal(300);
  });

  it('sums what is contested over all namespaces', () => {
    const ledger = createLedger(() => 0);
    ledger.record(outcomeOver(over('a', restricted), contribution(), { contested: 2 }));
    ledger.record(outcomeOver(over('b', restricted), contribution(), { contested: 3 }));
    ledger.record(outcomeOver(over('a', restricted), contribution(), { contested: 1 }));
    expect(ledger.contested()).to.equal(4);
    ledger.forget('b');
    expect(ledger.contested()).to.equal(1);
  });
});
