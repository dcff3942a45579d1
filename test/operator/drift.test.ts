import { expect } from 'chai';
import type { WithheldChange } from '../../src/core/gates/permitted.ts';
import type { Change } from '../../src/core/plan/change.ts';
import type { ChangeResult } from '../../src/core/plan/changeResult.ts';
import type { Before } from '../../src/operator/drift.ts';
import { driftsOf } from '../../src/operator/drift.ts';
import { create, liveOf, recreate, remove, update } from '../core/changes.ts';

const BEFORE: Before = {
  convergedAlike: false,
  heldBefore: false,
  firstLook: false,
  reported: new Set(),
  told: () => false,
  open: new Map(),
};
const CONVERGED: Before = { ...BEFORE, convergedAlike: true };
const RESTARTED: Before = { ...BEFORE, firstLook: true, heldBefore: true };

const written = (change: Change, atMs = 109): ChangeResult => ({
  change,
  result: 'written',
  answer: liveOf(change.ref.name, '9'),
  atMs,
});
const failed = (change: Change): ChangeResult => ({
  change,
  result: 'failed',
  refusal: { reason: 'ServerError', message: '', retry: 'backoff' },
});
const withheld = (change: Change, reason: WithheldChange['reason'] = 'Audit'): WithheldChange => ({ change, reason });
const drifts = (results: readonly ChangeResult[], held: readonly WithheldChange[], before: Before): readonly string[] =>
  driftsOf(results, held, before, 100).drifts.map(
    ({ change, result, repairedInMs }) => `${change} ${result}${repairedInMs === undefined ? '' : ` ${repairedInMs}`}`,
  );

describe('what is drift', () => {
  it('is no roll-out: what an edited baseline or a new fact asks for was changed by nobody', () => {
    const all = [create('drawbridge-a'), update('drawbridge-b'), recreate('drawbridge-c'), remove('drawbridge-d')];
    expect(
      drifts(
        all.map((change) => written(change)),
        [],
        BEFORE,
      ),
    ).to.deep.equal([]);
    expect(
      drifts(
        all.map((change) => written(change)),
        [],
        { ...BEFORE, firstLook: true },
      ),
    ).to.deep.equal([]);
  });

  it('is every difference from what had converged under the same baselines, facts and labels', () => {
    const cases: readonly (readonly [Change, string])[] = [
      [create(), 'deleted repaired 9'],
      [recreate(), 'deleted repaired 9'],
      [update(), 'modified repaired 9'],
      [recreate('drawbridge-d', { reason: 'RoleRefReplaced' }), 'modified repaired 9'],
      [remove('drawbridge-x'), 'modified repaired 9'],
    ];
    for (const [change, expected] of cases) expect(drifts([written(change)], [], CONVERGED)).to.deep.equal([expected]);
  });

  it('is found after a restart in a namespace that was held: missing, or modified if it is ours', () => {
    expect(drifts([written(create())], [], RESTARTED)).to.deep.equal(['missing repaired 9']);
    expect(drifts([written(update())], [], RESTARTED)).to.deep.equal(['modified repaired 9']);
    const theirs = update('drawbridge-d', { live: { ...liveOf('drawbridge-d'), labels: {} } });
    expect(drifts([written(theirs)], [], RESTARTED)).to.deep.equal([]);
  });

  it('is no release, and no removal of a foreign policy', () => {
    expect(
      drifts([written(remove('x', 'Released')), written(remove('x', 'ForeignPolicy'))], [], CONVERGED),
    ).to.deep.equal([]);
    expect(drifts([], [withheld(remove('theirs', 'ForeignPolicy'))], CONVERGED)).to.deep.equal([]);
  });

  it('tells whether it was repaired, and is not told while it waits for an earlier stage', () => {
    expect(drifts([failed(update())], [], CONVERGED)).to.deep.equal(['modified failed']);
    expect(drifts([{ change: remove('drawbridge-x'), result: 'waiting' }], [], CONVERGED)).to.deep.equal([]);
  });

  it('names the fields, the last writer, and from the event to the answer', () => {
    const live = { ...liveOf('drawbridge-d'), manager: 'kubectl' };
    const [drift] = driftsOf([written(update('drawbridge-d', { live }), 104.5)], [], CONVERGED, 100).drifts;
    expect(drift).to.deep.include({ fields: ['/spec/ingress'], manager: 'kubectl', repairedInMs: 4.5 });
  });
});

describe('drift that is only reported', () => {
  it('is told once in Audit and while suspended, and again after it had gone', () => {
    const first = driftsOf([], [withheld(create()), withheld(update('drawbridge-e'), 'Suspended')], BEFORE, 100);
    expect(first.drifts.map(({ change, result }) => `${change} ${result}`)).to.deep.equal([
      'missing reported',
      'modified reported',
    ]);
    const again = driftsOf([], [withheld(create())], { ...BEFORE, reported: first.reported }, 100);
    expect(again.drifts).to.deep.equal([]);
    expect(again.reported).to.deep.equal(new Set(['NetworkPolicy/payments/drawbridge-d']));
    const gone = driftsOf([], [], { ...BEFORE, reported: again.reported }, 100);
    expect(driftsOf([], [withheld(create())], { ...BEFORE, reported: gone.reported }, 100).drifts).to.have.length(1);
  });

  it('is not told again by a process that finds it in the report', () => {
    expect(drifts([], [withheld(create())], { ...BEFORE, told: () => true })).to.deep.equal([]);
  });

  it('is not what waits for its time: that is a repair to come', () => {
    const later = (['LabelsContested', 'WritesBounded', 'ChangedByAdmission', 'NamespaceTerminating'] as const).map(
      (reason) => withheld(update(), reason),
    );
    expect(drifts([], later, CONVERGED)).to.deep.equal([]);
  });
});
