import { expect } from 'chai';
import type { Baseline } from '../../../src/core/govern/baseline.ts';
import type { RecordedSection } from '../../../src/core/rollout/recorded.ts';
import { recorded } from '../../../src/core/rollout/recorded.ts';
import { keptVersions, versionsIn } from '../../../src/core/rollout/versions.ts';
import { baseline, governed } from '../../support/build.ts';

const ROLLOUT = { batch: 1, pause: '60s' };
const one = (generation: number, spec: Partial<Baseline['spec']> = { rollout: ROLLOUT }): Baseline =>
  baseline('restricted', spec, { generation });
const row = (generation?: number): RecordedSection => ({
  section: 'network',
  baselineUid: 'uid-restricted',
  selectedBy: [{ key: 'env', value: 'prod' }],
  ...(generation === undefined ? {} : { generation }),
});
/** The generation at which the network was governed: `unknown` is another answer than nobody. */
const look = (rows: readonly RecordedSection[], now: Baseline, kept: readonly Baseline[] = []) => {
  const versions = versionsIn(now, keptVersions(kept));
  const before = recorded(governed([now]), rows, [now], () => versions);
  return before === undefined ? 'unknown' : before.sections[0]?.governor?.baseline.generation;
};

describe('who governed before this process', () => {
  it('is the version that the report names: of now, or kept in the status', () => {
    expect(look([row(3)], one(3))).to.equal(3);
    expect(look([row(2)], one(3), [one(1), one(2)])).to.equal(2);
    expect(look([row()], one(3), [one(1, {}), one(2)])).to.equal(1);
    expect(look([row()], one(3, {}))).to.equal(3);
  });

  it('is nobody where the report names nobody', () => expect(look([], one(3))).to.equal(undefined));

  it('THREATS 3: is not known, and nothing waits, where the version or the baseline is gone', () => {
    expect(look([row(2)], one(3))).to.equal('unknown');
    expect(look([row()], one(3), [one(2)])).to.equal('unknown');
    expect(look([{ ...row(3), baselineUid: 'uid-gone' }], one(3))).to.equal('unknown');
  });

  it('is kept of the newest four versions, but for what is too large or no JSON', () => {
    const kept = keptVersions([5, 1, 4, 3, 2].map((generation) => one(generation)));
    expect(kept.map(({ generation }) => generation)).to.deep.equal([2, 3, 4, 5]);
    const excludedNamespaces = ['x'.repeat(140_000)];
    expect(keptVersions([one(1, { excludedNamespaces })])).to.deep.equal([]);
    expect(versionsIn(one(3), [...kept.slice(0, 1), { generation: 3, spec: '{' }])).to.deep.equal([one(2)]);
  });
});
