import { expect } from 'chai';
import { BaselineReportSchema } from '../../src/api/schema/baselineReport.ts';
import type { JsonSchema } from '../../src/cli/schema/jsonSchema.ts';
import { shapeMistakes } from '../../src/cli/schema/shapeMistakes.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import { govern } from '../../src/core/govern/govern.ts';
import type { SectionGovernance } from '../../src/core/govern/governance.ts';
import type { Held } from '../../src/core/govern/held.ts';
import { heldAfter } from '../../src/core/govern/held.ts';
import type { Labels } from '../../src/k8s/object.ts';
import { baseline, governed, heldBy, OWN, PROD, VIEWER, withoutSection } from '../support/build.ts';

const retain = baseline('restricted');
const remove = baseline('restricted', { deletionPolicy: 'Delete' });
const left: Labels = { env: 'dev' };

/** The network section after the namespace was held by `restricted` through env=prod. */
const network = (
  baselines: readonly Baseline[],
  labels: Labels = left,
  held: Held = heldBy(retain),
  name = 'payments',
): SectionGovernance => governed(baselines, name, labels, held).sections[0] as SectionGovernance;

describe('a namespace whose own labels changed', () => {
  it('THREATS 14: stays held, as retained, with a finding that names the labels', () => {
    const { governor, notices, released } = network([retain]);
    expect(governor?.retained).to.equal(true);
    expect(released).to.equal(undefined);
    expect(notices.map(({ reason }) => reason)).to.deep.equal(['LeftByLabel']);
    expect(notices[0]?.message).to.contain('restricted').and.to.contain('env=prod');
  });

  it('THREATS 14: stays held when the label was taken off altogether', () => {
    expect(network([retain], {}).governor?.retained).to.equal(true);
  });

  it('THREATS 14: stays held by a label it did not have and now has', () => {
    const open = baseline('restricted', {
      namespaceSelector: { matchExpressions: [{ key: 'exempt', operator: 'DoesNotExist' }] },
    });
    const held: Held = [
      { section: 'network', baseline: 'restricted', baselineUid: open.uid, selectedBy: [{ key: 'exempt' }] },
    ];
    const { governor, notices } = network([open], { exempt: 'yes' }, held);
    expect(governor?.retained).to.equal(true);
    expect(notices[0]?.message).to.contain('!exempt');
  });

  it('is not held if it never was', () => {
    expect(network([retain], left, []).governor).to.equal(undefined);
  });

  it('is not retained while it still matches', () => {
    expect(network([retain], PROD).governor?.retained).to.equal(false);
    expect(network([retain], PROD).notices).to.deep.equal([]);
  });

  it('THREATS 14: is let go by a selector that was edited to something else', () => {
    const edited = baseline('restricted', { namespaceSelector: { matchLabels: { tier: 'gold' } } });
    expect(network([edited]).governor).to.equal(undefined);
  });

  it('THREATS 14: is not let go by an edit that still selects the labels it had', () => {
    const edited = baseline('restricted', {
      namespaceSelector: { matchExpressions: [{ key: 'env', operator: 'In', values: ['prod', 'stage'] }] },
    });
    expect(network([edited]).governor?.retained).to.equal(true);
  });

  it('THREATS 14: is let go by excludedNamespaces', () => {
    expect(network([baseline('restricted', { excludedNamespaces: ['pay*'] })]).governor).to.equal(undefined);
  });

  it('THREATS 14: is let go by deletionPolicy Delete, which also prunes', () => {
    const { governor, released } = network([remove]);
    expect(governor).to.equal(undefined);
    expect(released).to.equal('restricted');
  });

  it('THREATS 14: is let go when the baseline went, also if another of its name came', () => {
    expect(network([]).governor).to.equal(undefined);
    const again = baseline('restricted', {}, { uid: 'uid-of-another' });
    expect(network([again])).to.deep.include({ governor: undefined, released: undefined });
    expect(network([again], PROD).governor?.retained).to.equal(false);
  });

  it('THREATS 25: is let go when it has become a system namespace', () => {
    expect(network([retain], left, heldBy(retain), 'openshift-x').governor).to.equal(undefined);
  });

  it('sees only labels as labels, whatever JavaScript objects have', () => {
    const odd = baseline('odd', {
      namespaceSelector: { matchExpressions: [{ key: 'constructor', operator: 'DoesNotExist' }] },
    });
    expect(governed([odd], 'payments', {}).sections[0]?.governor?.selectedBy).to.deep.equal([{ key: 'constructor' }]);
  });
});

describe('a baseline that lets go of a section', () => {
  const released = (baselines: readonly Baseline[], labels: Labels = PROD, held: Held = heldBy(retain)) =>
    network(baselines, labels, held).released;

  it('THREATS 3: under Delete releases it when it is deleted, no longer declares it, or no longer selects', () => {
    expect(released([{ ...remove, releasing: true }])).to.equal('restricted');
    const other = withoutSection(baseline('restricted', { deletionPolicy: 'Delete', rbac: VIEWER }), 'network');
    expect(released([other])).to.equal('restricted');
    expect(released([remove], left)).to.equal('restricted');
  });

  it('does not release what it still governs', () => {
    expect(released([remove])).to.equal(undefined);
  });

  it('THREATS 3: under Retain releases nothing', () => {
    expect(released([{ ...retain, releasing: true }])).to.equal(undefined);
    expect(released([baseline('restricted', { excludedNamespaces: ['*s'] })])).to.equal(undefined);
  });

  it('THREATS 3: absence never prunes: one that vanished releases nothing', () => {
    expect(released([])).to.equal(undefined);
    expect(released([{ ...remove, uid: 'uid-of-another', releasing: true }])).to.equal(undefined);
  });

  it('THREATS 3: suspended or in Audit releases nothing', () => {
    const going = { releasing: true } as const;
    expect(released([baseline('restricted', { deletionPolicy: 'Delete', suspend: true }, going)])).to.equal(undefined);
    expect(released([baseline('restricted', { deletionPolicy: 'Delete', enforcement: 'Audit' }, going)])).to.equal(
      undefined,
    );
  });

  it('releases nothing where it was not what the namespace was held to', () => {
    expect(released([{ ...remove, releasing: true }], PROD, [])).to.equal(undefined);
  });

  it('releases nothing to a successor that enforces: the objects are handed over', () => {
    expect(released([{ ...remove, releasing: true }, baseline('next')])).to.equal(undefined);
    expect(released([{ ...remove, releasing: true }, baseline('next', { suspend: true })])).to.equal(undefined);
    expect(released([{ ...remove, releasing: true }, baseline('next', { enforcement: 'Audit' })])).to.equal(
      'restricted',
    );
  });
});

describe('what a namespace is held to from now on', () => {
  const heldNext = (baselines: readonly Baseline[], before: Held, labels = PROD, pruned: 'network'[] = []): Held =>
    heldAfter(govern(baselines, { name: 'payments', labels }, before, OWN), before, new Set(pruned));

  it('is what governs and enforces, with the labels that were read', () => {
    expect(heldNext([retain], [])).to.deep.equal(heldBy(retain));
    expect(heldNext([baseline('a', { enforcement: 'Audit' })], [])).to.deep.equal([]);
  });

  it('keeps the labels of before while it is retained', () => {
    expect(heldNext([retain], heldBy(retain), left)).to.deep.equal(heldBy(retain));
  });

  it('is kept when the baseline goes over to Audit, and lost to another that audits', () => {
    const audit = baseline('restricted', { enforcement: 'Audit' });
    expect(heldNext([audit], heldBy(retain))).to.deep.equal(heldBy(retain));
    expect(heldNext([baseline('other', { enforcement: 'Audit' })], heldBy(retain))).to.deep.equal([]);
  });

  it('THREATS 15: is not taken over by another that audits or rests while the one it was held to still claims it', () => {
    for (const resting of [{ enforcement: 'Audit' }, { suspend: true }] as const) {
      for (const other of [{ enforcement: 'Audit' }, { suspend: true }] as const) {
        const both = [baseline('restricted', resting), baseline('other', { priority: 9, ...other })];
        expect(heldNext(both, heldBy(retain), left)).to.deep.equal(heldBy(retain));
      }
    }
  });

  it('THREATS 15: is taken over by another that audits once the one it was held to lets it go', () => {
    const letsGo = baseline('restricted', { enforcement: 'Audit', excludedNamespaces: ['payments'] });
    expect(heldNext([letsGo, baseline('other', { enforcement: 'Audit' })], heldBy(retain))).to.deep.equal([]);
  });

  it('is kept of a release until its prune is done', () => {
    const going = { ...remove, releasing: true };
    expect(heldNext([going], heldBy(remove))).to.deep.equal(heldBy(remove));
    expect(heldNext([going], heldBy(remove), PROD, ['network'])).to.deep.equal([]);
  });

  it('is nothing once nobody governs', () => {
    expect(heldNext([], heldBy(retain))).to.deep.equal([]);
  });

  it('goes over to the next that enforces', () => {
    expect(heldNext([retain, baseline('next', { priority: 9 })], heldBy(retain))[0]?.baseline).to.equal('next');
  });
});

describe('what is recorded of a take-over by a weaker baseline', () => {
  it('THREATS 14: has room in the report whatever the two say, for a report that is refused records nothing', () => {
    const blockedCidrs = Array.from(
      { length: 16 },
      (_, i) => `2001:db8:aaaa:bbbb:cccc:dddd:eeee:${(0xf000 + i).toString(16)}/128`,
    );
    const hard = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`${'x'.repeat(120)}${i}`, '1']));
    const strict = baseline('strict', {
      network: { defaultDeny: ['Ingress', 'Egress'], blockedCidrs },
      resources: { quota: { hard } },
    });
    const lax = baseline('lax', { resources: { limitRange: { limits: [{ type: 'Pod', max: { cpu: '1' } }] } } });
    const before = heldAfter(governed([strict]), [], new Set());
    const held = heldAfter(governed([lax]), before, new Set(), governed([strict]));
    expect(held.map(({ section, weakened }) => [section, weakened?.generation])).to.deep.equal([
      ['network', 1],
      ['resources', 1],
    ]);
    const sections = held.map((row) => ({ ...row, enforcement: 'Enforce', held: true }));
    const report = { state: 'Compliant', summary: '', sections };
    expect(shapeMistakes(BaselineReportSchema as JsonSchema, report)).to.deep.equal([]);
  });
});
