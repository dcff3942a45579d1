import { expect } from 'chai';
import { baselineLines, cellOf } from '../../../src/operator/statusPage/view.ts';
import { contribution } from '../../core/tallies.ts';
import { baseline, governed } from '../../support/build.ts';
import { outcomeOver } from '../outcomes.ts';
import { BAD, knownCluster } from './cluster.ts';

describe('what the status page is told of a namespace', () => {
  it('is nothing while it counts for no baseline', () => {
    expect(cellOf(knownCluster().ledger, 'kube-system')).to.equal(undefined);
  });

  it('is pending until it was looked at, and then what the look says', () => {
    const { ledger, look } = knownCluster();
    ledger.expect(governed([baseline('restricted')], 'payments'));
    expect(cellOf(ledger, 'payments')).to.deep.equal(['payments', 'pending', ['restricted']]);
    look('payments', contribution('drifted'));
    expect(cellOf(ledger, 'payments')?.[1]).to.equal('drifted');
    look('payments', contribution('compliant', { retained: true }));
    expect(cellOf(ledger, 'payments')?.[1]).to.equal('retained');
    ledger.forget('payments');
    expect(cellOf(ledger, 'payments')).to.equal(undefined);
  });

  it('is not made worse by a baseline on trial (THREATS 15)', () => {
    const { ledger } = knownCluster();
    const trial = baseline('trial', { enforcement: 'Audit', priority: 9 });
    const governance = governed([baseline('restricted'), trial], 'payments');
    const outcome = outcomeOver(governance);
    const baselines = outcome.baselines.map((part) =>
      part.baseline === 'trial' ? { ...part, state: 'drifted' as const, findings: [BAD] } : part,
    );
    ledger.expect(governance);
    ledger.record({ ...outcome, baselines });
    expect(cellOf(ledger, 'payments')?.[1]).to.equal('compliant');
    expect(cellOf(ledger, 'payments')?.[2]).to.have.members(['restricted', 'trial']);
  });
});

describe('what the status page is told of a baseline', () => {
  it('is its enforcement, conditions, namespaces by state and findings by severity', () => {
    const { ledger, index, look } = knownCluster();
    look('a');
    look('b', contribution('drifted', { findings: [BAD, BAD] }));
    const [line] = baselineLines(index, ledger);
    expect(line).to.deep.include({ name: 'restricted', enforcement: 'Enforce', findings: { critical: 2 } });
    expect(line?.conditions).to.deep.equal({ Ready: 'True', Compliant: 'False' });
    expect(line?.counts).to.include({ compliant: 1, drifted: 1, failed: 0 });
  });
});
