import { expect } from 'chai';
import type { SecurityBaselineSpec } from '../../../src/api/types.ts';
import type { Baseline } from '../../../src/core/govern/baseline.ts';
import type { StageOptions } from '../../../src/core/rollout/stage.ts';
import { staged } from '../../../src/core/rollout/stage.ts';
import { baseline, governed, heldBy, VIEWER, withoutSection } from '../../support/build.ts';

const ROLLOUT = { batch: '10%', pause: '60s' };
const INGRESS: Partial<SecurityBaselineSpec> = { network: { defaultDeny: ['Ingress'] } };
const slow = (spec: Partial<SecurityBaselineSpec> = {}, generation = 1, name = 'restricted'): Baseline =>
  baseline(name, { rollout: ROLLOUT, ...spec }, { generation });
const options: StageOptions = { rests: () => false, turn: undefined, waited: new Set() };
/** Who governs the network, and what is waited for. */
const look = (before: readonly Baseline[], now: readonly Baseline[], more: Partial<StageOptions> = {}) => {
  const { governance, waits } = staged(governed(now), governed(before), { ...options, ...more });
  const governor = governance.sections[0]?.governor;
  return {
    network: governor && `${governor.baseline.name} ${governor.baseline.generation} ${governor.enforcement}`,
    waits: waits.map(({ baseline: { name, generation }, at }) => `${name} ${generation} at ${at?.generation}`),
  };
};

describe('what of a governance waits for its turn', () => {
  it('is an edit of the section by a baseline that rolls out in batches', () => {
    expect(look([slow()], [slow(INGRESS, 2)])).to.deep.equal({
      network: 'restricted 1 Enforce',
      waits: ['restricted 2 at 1'],
    });
  });

  it('is a section that an edit puts in the place of all others, however often it is looked at', () => {
    const before = withoutSection(slow({ rbac: VIEWER }), 'network');
    const wanted = governed([slow(INGRESS, 2)]);
    const first = staged(wanted, governed([before]), options);
    expect(first.waits).to.have.lengthOf(1);
    const waited = new Set(first.waits.map(({ baseline: { uid } }) => uid));
    const again = staged(wanted, first.governance, { ...options, waited });
    expect(again.waits).to.have.lengthOf(1);
    expect(again.governance.sections[0]?.governor).to.equal(undefined);
    expect(staged(wanted, first.governance, options).waits).to.deep.equal([]);
  });

  it('is the step from Audit to Enforce', () => {
    expect(look([slow({ enforcement: 'Audit' })], [slow({}, 2)]).network).to.equal('restricted 1 Audit');
  });

  it('is a take-over by another baseline, whether the one before is there or gone', () => {
    const other = slow({ priority: 5 }, 1, 'other');
    const waits = ['other 1 at 1'];
    expect(look([slow()], [slow(), other])).to.deep.equal({ network: 'restricted 1 Enforce', waits });
    expect(look([slow()], [other])).to.deep.equal({ network: 'restricted 1 Enforce', waits });
  });

  it('is a section that an edit adds', () => {
    const before = withoutSection(slow({ rbac: VIEWER }), 'network');
    expect(look([before], [slow({ rbac: VIEWER }, 2)])).to.deep.equal({
      network: undefined,
      waits: ['restricted 2 at undefined'],
    });
  });

  const NOTHING: readonly (readonly [string, readonly Baseline[], readonly Baseline[], Partial<StageOptions>])[] = [
    ['an edit without a roll-out', [slow()], [baseline('restricted', INGRESS, { generation: 2 })], {}],
    ['an edit that asks for the same', [slow()], [slow({ priority: 9, excludedNamespaces: ['a'] }, 2)], {}],
    ['a namespace that is new to the baseline', [], [slow()], {}],
    ['an edit to Audit', [slow()], [slow({ ...INGRESS, enforcement: 'Audit' }, 2)], {}],
    ['an edit that suspends', [slow()], [slow({ ...INGRESS, suspend: true }, 2)], {}],
    ['a take-over from one that rests', [slow()], [slow({}, 1, 'other')], { rests: () => true }],
    ['one whose turn it is', [slow()], [slow(INGRESS, 2)], { turn: 'uid-restricted' }],
  ];
  for (const [what, before, now, more] of NOTHING) {
    it(`is not ${what}`, () => {
      expect(look(before, now, more)).to.deep.equal({ ...look(now, now), waits: [] });
    });
  }

  it('is nothing where nobody knows who governed before', () => {
    const wanted = governed([slow(INGRESS, 2)]);
    expect(staged(wanted, undefined, options)).to.deep.equal({ governance: wanted, waits: [] });
  });

  it('THREATS 14: is how it is held, but not that its label went', () => {
    const wanted = governed([slow(INGRESS, 2)], 'payments', {}, heldBy(slow()));
    const { governance } = staged(wanted, governed([slow()]), options);
    expect(governance.sections[0]?.governor)
      .to.include({ retained: true })
      .and.have.nested.property('baseline.generation', 1);
    expect(governance.sections[0]?.notices.map(({ reason }) => reason)).to.deep.equal(['LeftByLabel']);
  });
});
