import { expect } from 'chai';
import type { Held } from '../../src/core/govern/held.ts';
import type { Entry } from '../../src/k8s/entry.ts';
import type { Governances } from '../../src/operator/governances.ts';
import { createGovernances } from '../../src/operator/governances.ts';
import { baseline, baselineEntry, entry, heldBy, namespaceEntry, OWN, PROD } from '../support/build.ts';
import { createIndex } from '../support/buildIndex.ts';

const restricted = baseline('restricted');
const deleting = baseline('restricted', { deletionPolicy: 'Delete' });
/** The report of the namespace payments. */
const report = (held: Held): Entry =>
  entry('BaselineReport', 'drawbridge', {
    state: 'Compliant',
    summary: '',
    sections: held.map((row) => ({ ...row, enforcement: 'Enforce', held: true })),
  });
const governorOf = (governances: Governances, namespace = 'payments'): string | undefined =>
  governances.of(namespace)?.sections[0]?.governor?.baseline.name;

describe('who governs each namespace', () => {
  it('is found out when asked to, and kept until then', () => {
    const index = createIndex(namespaceEntry('payments'));
    const governances = createGovernances(index, OWN);
    expect(governances.of('payments')).to.equal(undefined);
    governances.refreshAll();
    expect(governorOf(governances)).to.equal(undefined);
    index.set(baselineEntry(restricted));
    expect(governorOf(governances)).to.equal(undefined);
    governances.refreshAll();
    expect(governorOf(governances)).to.equal('restricted');
  });

  it('names the namespaces for which it changed, and keeps the identity of the others', () => {
    const index = createIndex(namespaceEntry('a'), namespaceEntry('b', {}), baselineEntry(restricted));
    const governances = createGovernances(index, OWN);
    expect(governances.refreshAll()).to.deep.equal(['a', 'b']);
    expect(governances.refreshAll()).to.deep.equal([]);
    const before = governances.of('b');
    index.set(baselineEntry(baseline('restricted', {}, { generation: 2 })));
    expect(governances.refreshAll()).to.deep.equal(['a']);
    expect(governances.of('b')).to.equal(before);
  });

  it('follows one namespace: changed labels, nothing new, gone', () => {
    const index = createIndex(namespaceEntry('payments', {}), baselineEntry(restricted));
    const governances = createGovernances(index, OWN);
    governances.refreshAll();
    index.set(namespaceEntry('payments', PROD));
    expect(governances.refresh('payments')).to.equal(true);
    expect(governances.refresh('payments')).to.equal(false);
    index.delete(namespaceEntry('payments'));
    expect(governances.refresh('payments')).to.equal(true);
    expect(governances.of('payments')).to.equal(undefined);
    expect(governances.refresh('payments')).to.equal(false);
  });
});

describe('a namespace that is made anew under its name', () => {
  const HELD: Held = [{ ...(heldBy(restricted)[0] as Held[number]), closed: ['Ingress', 'Egress'] }];
  const held = () => {
    const index = createIndex(namespaceEntry('payments'), baselineEntry(restricted), report(HELD));
    const governances = createGovernances(index, OWN);
    governances.refreshAll();
    expect(governances.held('payments')).to.deep.equal(HELD);
    return { index, governances };
  };

  it('THREATS 14: is not held by the label that the first one had, though no watch told of its end', () => {
    const { index, governances } = held();
    index.set(namespaceEntry('payments', {}, { uid: 'anew' }));
    expect(governances.refresh('payments')).to.equal(true);
    expect([governorOf(governances), governances.held('payments')]).to.deep.equal([undefined, []]);
  });

  it('THREATS 21: has reached and closed nothing yet, whatever the report of the first one says', () => {
    const { index, governances } = held();
    index.delete(namespaceEntry('payments'));
    governances.refresh('payments');
    index.set(namespaceEntry('payments', PROD, { uid: 'anew' }));
    expect(governances.refresh('payments')).to.equal(true);
    expect(governances.held('payments')).to.deep.equal(heldBy(restricted));
  });
});

describe('what a namespace was closed to', () => {
  const both = baseline('restricted');
  const start = () => {
    const index = createIndex(namespaceEntry('payments'), baselineEntry(both));
    const governances = createGovernances(index, OWN);
    governances.refreshAll();
    return { index, governances, closed: () => governances.held('payments')[0]?.closed };
  };

  it('THREATS 21: is recorded when it is seen, and stays so, also for the next process', () => {
    const { index, governances, closed } = start();
    expect(closed()).to.equal(undefined);
    governances.closed('payments', ['Egress']);
    governances.closed('payments', ['Ingress']);
    governances.closed('payments', []);
    expect(closed()).to.deep.equal(['Egress', 'Ingress']);
    const before = governances.held('payments');
    governances.closed('payments', ['Ingress']);
    expect(governances.held('payments'), 'nothing new').to.equal(before);
    governances.refreshAll();
    expect(closed()).to.deep.equal(['Egress', 'Ingress']);
    index.set(report(governances.held('payments')));
    const next = createGovernances(index, OWN);
    next.refreshAll();
    expect(next.held('payments')[0]?.closed).to.deep.equal(['Egress', 'Ingress']);
  });

  it('goes over to who takes over, and is forgotten when nobody declares it or the namespace is let go', () => {
    const { index, governances, closed } = start();
    governances.closed('payments', ['Egress', 'Ingress']);
    index.set(baselineEntry(baseline('other', { priority: 9 })));
    governances.refreshAll();
    expect(governances.held('payments')[0]).to.include({ baseline: 'other' });
    expect(closed()).to.deep.equal(['Egress', 'Ingress']);
    index.set(
      baselineEntry(baseline('other', { priority: 9, network: { defaultDeny: ['Egress'] } }, { generation: 2 })),
    );
    governances.refreshAll();
    expect(closed()).to.deep.equal(['Egress']);
  });

  it('is nothing where nothing is held', () => {
    const governances = createGovernances(createIndex(namespaceEntry('payments')), OWN);
    governances.refreshAll();
    governances.closed('payments', ['Ingress']);
    expect(governances.held('payments')).to.deep.equal([]);
  });
});

describe('what a namespace is held to', () => {
  it('THREATS 14: is read from its report after a start', () => {
    const index = createIndex(namespaceEntry('payments', {}), baselineEntry(restricted), report(heldBy(restricted)));
    const governances = createGovernances(index, OWN);
    governances.refreshAll();
    expect(governances.of('payments')?.sections[0]?.governor?.retained).to.equal(true);
    expect(governances.held('payments').map(({ baselineUid }) => baselineUid)).to.deep.equal(['uid-restricted']);
  });

  it('THREATS 14: is what this process decided, whatever becomes of the report', () => {
    const index = createIndex(namespaceEntry('payments'), baselineEntry(restricted));
    const governances = createGovernances(index, OWN);
    governances.refreshAll();
    // The report was not written yet, or somebody emptied it, when the label goes.
    index.set(namespaceEntry('payments', {}), report([]));
    governances.refresh('payments');
    expect(governances.of('payments')?.sections[0]?.governor?.retained).to.equal(true);
  });

  it('is forgotten with the namespace: another of its name begins anew', () => {
    const index = createIndex(namespaceEntry('payments'), baselineEntry(restricted));
    const governances = createGovernances(index, OWN);
    governances.refreshAll();
    index.delete(namespaceEntry('payments'));
    governances.refresh('payments');
    index.set(namespaceEntry('payments', {}));
    governances.refresh('payments');
    expect(governorOf(governances)).to.equal(undefined);
  });
});

describe('a baseline that lets go', () => {
  const start = (): Governances => {
    const index = createIndex(namespaceEntry('payments'), namespaceEntry('shop'), baselineEntry(deleting));
    const governances = createGovernances(index, OWN);
    governances.refreshAll();
    return governances;
  };

  it('THREATS 3: releases nothing while it is only being deleted', () => {
    const index = createIndex(namespaceEntry('payments'), baselineEntry(deleting, { deletionTimestamp: 'now' }));
    const governances = createGovernances(index, OWN);
    governances.refreshAll();
    expect(governorOf(governances)).to.equal('restricted');
    expect(governances.outstanding('restricted')).to.deep.equal([]);
  });

  it('THREATS 3: releases its namespaces when that is its wish, and is outstanding in each until it is pruned', () => {
    const governances = start();
    expect(governances.release('uid-restricted')).to.deep.equal(['payments', 'shop']);
    expect(governorOf(governances)).to.equal(undefined);
    expect(governances.outstanding('restricted')).to.deep.equal(['payments', 'shop']);
    governances.pruned('payments', new Set(['network']));
    expect(governances.outstanding('restricted')).to.deep.equal(['shop']);
    expect(governances.held('payments')).to.deep.equal([]);
  });

  it('is not outstanding for a section that was not the one pruned', () => {
    const governances = start();
    governances.release('uid-restricted');
    governances.pruned('payments', new Set(['rbac']));
    expect(governances.outstanding('restricted')).to.deep.equal(['payments', 'shop']);
  });

  it('THREATS 3: is forgotten when it is gone: one restored from a backup under its uid governs again', () => {
    const index = createIndex(namespaceEntry('payments'), baselineEntry(deleting));
    const governances = createGovernances(index, OWN);
    governances.refreshAll();
    governances.release('uid-restricted');
    governances.pruned('payments', new Set(['network']));
    index.delete(baselineEntry(deleting));
    governances.refreshAll();
    index.set(baselineEntry(deleting));
    governances.refreshAll();
    expect(governorOf(governances)).to.equal('restricted');
  });

  it('answers no namespaces when asked again', () => {
    const governances = start();
    governances.release('uid-restricted');
    expect(governances.release('uid-restricted')).to.deep.equal([]);
  });
});

describe('a take-over from a stricter baseline', () => {
  const lax = baseline('lax', { network: { defaultDeny: ['Ingress'] } });
  const strict = baseline('strict', { priority: 5 });
  const noticesOf = (governances: Governances): readonly string[] =>
    (governances.of('payments')?.sections[0]?.notices ?? []).map(({ reason, message }) => `${reason}: ${message}`);
  const TOLD = [
    'WeakerBaselineGoverns: lax took over network and is weaker: strict governed before: it does not deny Egress',
  ];
  /** `strict` governed, and is deleted under Retain. */
  const takenOver = () => {
    const index = createIndex(namespaceEntry('payments'), baselineEntry(strict), baselineEntry(lax));
    const governances = createGovernances(index, OWN);
    governances.refreshAll();
    index.delete(baselineEntry(strict));
    return { index, governances, changed: governances.refreshAll() };
  };

  it('THREATS 15: is told when the stricter one is deleted under Retain, and stays told', () => {
    const { governances, changed } = takenOver();
    expect(changed).to.deep.equal(['payments']);
    expect(noticesOf(governances)).to.deep.equal(TOLD);
    expect(governances.refreshAll()).to.deep.equal([]);
    expect(noticesOf(governances)).to.deep.equal(TOLD);
  });

  it('THREATS 15: is told by the next process too, from the report of the namespace', () => {
    const { index, governances } = takenOver();
    index.set(report(governances.held('payments')));
    const next = createGovernances(index, OWN);
    next.refreshAll();
    expect(noticesOf(next)).to.deep.equal(TOLD);
  });

  it('THREATS 15: is told until the baseline that took over is edited', () => {
    const { index, governances } = takenOver();
    index.set(baselineEntry(baseline('lax', { network: { defaultDeny: ['Ingress'] } }, { generation: 2 })));
    governances.refreshAll();
    expect(noticesOf(governances)).to.deep.equal([]);
  });

  it('is not told of one that is as strict, or that took over from one that only audited', () => {
    const index = createIndex(namespaceEntry('payments'), baselineEntry(lax));
    const governances = createGovernances(index, OWN);
    governances.refreshAll();
    index.set(baselineEntry(strict));
    governances.refreshAll();
    expect(noticesOf(governances)).to.deep.equal([]);
    const audits = baseline('strict', { priority: 5, enforcement: 'Audit' });
    const other = createIndex(namespaceEntry('payments'), baselineEntry(audits));
    const trial = createGovernances(other, OWN);
    trial.refreshAll();
    other.set(baselineEntry(lax));
    trial.refreshAll();
    expect(noticesOf(trial)).to.deep.equal([]);
  });
});
