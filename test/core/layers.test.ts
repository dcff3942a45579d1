import { expect } from 'chai';
import { SECTIONS } from '../../src/api/types.ts';
import { controls } from '../../src/controls/index.ts';
import { isControlOf, layersOf } from '../../src/core/outcome/layers.ts';
import type { Outcome, OutcomeInput } from '../../src/core/outcome/outcome.ts';
import { contentsIn, reportOf, waivedBefore } from '../../src/core/outcome/report.ts';
import { contentsOf, waivedIn } from '../../src/core/waive/waived.ts';
import { baseline, finding, governed, heldBy, VIEWER } from '../support/build.ts';
import { waivedBy, waiver } from '../support/buildWaiver.ts';
import { bareOutcome } from './bareOutcome.ts';
import { create } from './changes.ts';

const restricted = baseline('restricted', { rbac: VIEWER });
const outcome = (more: Partial<OutcomeInput> = {}): Outcome =>
  bareOutcome({ governance: governed([restricted]), ...more });
const found = (more: Parameters<typeof finding>[0] = {}) => [
  { ...finding(more), baseline: 'restricted', shadow: false },
];
const states = (of: Outcome) => layersOf(of).map(({ layer, state }) => `${layer} ${state}`);
const refused = { result: 'failed', refusal: { reason: 'ServerError', message: '', retry: 'backoff' } } as const;

describe('the layers of defence of a namespace', () => {
  it('have each control in one of them, by its name', () => {
    for (const { id, section } of controls) {
      expect(
        SECTIONS.filter((one) => isControlOf(one, id)),
        id,
      ).to.deep.equal([section]);
    }
    expect([isControlOf('podSecurity', 'pod-security.labels'), isControlOf('network', 'governance')]).to.deep.equal([
      true,
      false,
    ]);
  });

  const cases: readonly (readonly [string, Outcome, string])[] = [
    ['stands where nothing is found', outcome(), 'Enforced'],
    ['has drifted where something is wrong', outcome({ findings: found() }), 'Drifted'],
    [
      'is unknown where something could not be observed',
      outcome({ findings: found({ result: 'unknown' }) }),
      'Unknown',
    ],
    ['stands where something is only warned of', outcome({ findings: found({ result: 'warn' }) }), 'Enforced'],
    ['has failed where a write was refused', outcome({ results: [{ change: create(), ...refused }] }), 'Failed'],
    ['is waived, whatever is found', outcome({ waived: waivedBy(waiver()), findings: found() }), 'Waived'],
    ['is only audited', outcome({ governance: governed([baseline('a', { enforcement: 'Audit' })]) }), 'Audited'],
    ['rests', outcome({ governance: governed([baseline('a', { suspend: true })]) }), 'Suspended'],
    ['is held', outcome({ governance: governed([restricted], 'payments', {}, heldBy(restricted)) }), 'Held'],
    ['is none where nothing governs', outcome({ governance: governed([]) }), 'None'],
  ];
  for (const [name, of, state] of cases) it(name, () => expect(states(of)[0]).to.equal(`network ${state}`));

  it('are apart: what is wrong in one says nothing of another', () => {
    expect(
      states(outcome({ findings: found(), waived: waivedBy(waiver('w', { controls: ['rbac.roles'] })) })),
    ).to.include.members(['network Drifted', 'rbac Waived', 'serviceAccounts None']);
  });

  it('name who governs, who would, and which waiver counts', () => {
    const trials = Array.from({ length: 6 }, (_, i) => baseline(`t${i}`, { enforcement: 'Audit', priority: 9 }));
    const [network] = layersOf(outcome({ governance: governed([restricted, ...trials]), waived: waivedBy(waiver()) }));
    expect(network).to.deep.equal({
      layer: 'network',
      state: 'Waived',
      baseline: 'restricted',
      waiver: 'legacy',
      shadows: ['t0', 't1', 't2', 't3'],
    });
  });
});

describe('a report of what is waived', () => {
  const objects = [{ kind: 'NetworkPolicy', name: 'open' }];
  const some = waiver('some', { controls: ['network.foreign-policies'], objects });
  const waived = waivedIn([waiver(), some], () => 'a'.repeat(64), contentsOf([]));
  const report = reportOf(outcome({ waived, findings: found() }), [], undefined, undefined, '');

  it('says which waivers hold, what they waive, and until when', () => {
    expect(report.waivers).to.deep.equal([
      {
        waiver: 'legacy',
        waiverUid: 'uid-legacy',
        controls: ['network.default-deny'],
        until: '2026-01-31T00:00:00.000Z',
      },
      {
        waiver: 'some',
        waiverUid: 'uid-some',
        controls: ['network.foreign-policies'],
        until: '2026-01-31T00:00:00.000Z',
        objects: [{ ...objects[0], content: 'a'.repeat(64) }],
      },
    ]);
    expect(report.state).to.equal('Waived');
    expect(report.findings?.map(({ result, waiver: by }) => [result, by])).to.deep.equal([['waived', 'some']]);
    expect(report).to.not.have.property('further');
  });

  it('gives the next process what this one knew', () => {
    const seen = contentsIn(report);
    expect([seen('uid-some', 'NetworkPolicy', 'open'), seen('uid-legacy', 'NetworkPolicy', 'open')]).to.deep.equal([
      'a'.repeat(64),
      undefined,
    ]);
    expect([...waivedBefore(report)]).to.deep.equal(['network.default-deny']);
  });

  it('has no more waivers and findings than it has room for', () => {
    const many = Array.from({ length: 40 }, (_, i) =>
      finding({ result: 'fail', ref: { ...finding().ref, name: `p${i}` } }),
    );
    const all = waivedBy(waiver('w', { controls: ['network.foreign-policies'] }));
    const full = reportOf(
      outcome({ waived: all, findings: many.map((f) => ({ ...f, baseline: 'restricted', shadow: false })) }),
      [],
      undefined,
      undefined,
      '',
    );
    expect(full.findings).to.have.length(20);
    expect(full).to.not.have.property('further');
  });
});
