import { expect } from 'chai';
import fc from 'fast-check';
import { SECTIONS } from '../../src/api/types.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import { govern } from '../../src/core/govern/govern.ts';
import type { Governance, SectionGovernance } from '../../src/core/govern/governance.ts';
import { sameGovernance } from '../../src/core/govern/governance.ts';
import { baseline, DENY_ALL, governed, OWN, PROD, VIEWER, withoutSection } from '../support/build.ts';

const section = (governance: Governance, name: 'network' | 'rbac' = 'network'): SectionGovernance => {
  const found = governance.sections.find((s) => s.section === name);
  if (found === undefined) throw new Error(`no section ${name}`);
  return found;
};
const governorOf = (baselines: readonly Baseline[], name: 'network' | 'rbac' = 'network'): string | undefined =>
  section(governed(baselines), name).governor?.baseline.name;
const shadowsOf = (baselines: readonly Baseline[]): readonly string[] =>
  section(governed(baselines)).shadows.map((shadow) => shadow.baseline.name);

describe('who governs a section', () => {
  it('is nobody where nobody selects the namespace or declares the section', () => {
    expect(governorOf([])).to.equal(undefined);
    expect(governorOf([baseline('a', { namespaceSelector: { matchLabels: { env: 'dev' } } })])).to.equal(undefined);
    expect(governorOf([baseline('a')], 'rbac')).to.equal(undefined);
  });

  it('is the one of the highest priority, and absent priority is 0', () => {
    expect(governorOf([baseline('low', { priority: 1 }), baseline('high', { priority: 2 })])).to.equal('high');
    expect(governorOf([baseline('none'), baseline('less', { priority: -1 })])).to.equal('none');
    expect(governorOf([baseline('none'), baseline('more', { priority: 1 })])).to.equal('more');
  });

  it('is decided for each section by itself', () => {
    const both = baseline('both', { rbac: VIEWER, priority: 1 });
    const network = baseline('network', { priority: 5 });
    const rbac = withoutSection(baseline('rbac', { rbac: VIEWER }), 'network');
    expect(governorOf([both, network, rbac])).to.equal('network');
    expect(governorOf([both, network, rbac], 'rbac')).to.equal('both');
  });

  it('is the oldest among equal priorities, then the first by name', () => {
    const old = baseline('z', {}, { createdAt: '2025-01-01T00:00:00Z' });
    expect(governorOf([baseline('a'), old])).to.equal('z');
    expect(governorOf([baseline('b'), baseline('a')])).to.equal('a');
  });

  it('THREATS 15: is one that enforces before any that audits or is suspended, whatever their priority', () => {
    const trial = baseline('trial', { enforcement: 'Audit', priority: 100 });
    const resting = baseline('resting', { suspend: true, priority: 99 });
    expect(governorOf([trial, resting, baseline('real')])).to.equal('real');
  });

  it("follows a section's own enforcement, in either direction", () => {
    const tried = baseline('tried', { priority: 9, network: { ...DENY_ALL, enforcement: 'Audit' } });
    expect(governorOf([tried, baseline('real')])).to.equal('real');
    const meant = baseline('meant', { enforcement: 'Audit', network: { ...DENY_ALL, enforcement: 'Enforce' } });
    expect(governorOf([meant, baseline('audit', { enforcement: 'Audit', priority: 9 })])).to.equal('meant');
  });

  it('may be one that only audits or is suspended, where no other is', () => {
    expect(governorOf([baseline('audit', { enforcement: 'Audit' })])).to.equal('audit');
    expect(governorOf([baseline('rest', { suspend: true })])).to.equal('rest');
  });

  it('is never one that is being released', () => {
    expect(governorOf([baseline('going', { deletionPolicy: 'Delete' }, { releasing: true })])).to.equal(undefined);
  });

  it('is nobody under a selector that is empty after all', () => {
    expect(governorOf([baseline('a', { namespaceSelector: {} })])).to.equal(undefined);
    expect(governorOf([baseline('a', { namespaceSelector: { matchLabels: {} } })])).to.equal('a');
  });
});

describe('shadows', () => {
  const real = baseline('real', { priority: 5 });

  it('THREATS 15: are the audited and suspended claims that would outrank the governor, and no others', () => {
    const above = baseline('above', { enforcement: 'Audit', priority: 6 });
    const resting = baseline('resting', { suspend: true, priority: 7 });
    const below = baseline('below', { enforcement: 'Audit', priority: 4 });
    const second = baseline('second', { priority: 1 });
    expect(shadowsOf([above, resting, below, second, real])).to.deep.equal(['resting', 'above']);
  });

  it('are cast by age and name as well', () => {
    const older = baseline('z', { enforcement: 'Audit', priority: 5 }, { createdAt: '2025-01-01T00:00:00Z' });
    const younger = baseline('y', { enforcement: 'Audit', priority: 5 }, { createdAt: '2027-01-01T00:00:00Z' });
    expect(shadowsOf([older, younger, real])).to.deep.equal(['z']);
  });

  it('are not cast where nobody enforces: the first of them governs', () => {
    expect(shadowsOf([baseline('a', { enforcement: 'Audit' }), baseline('b', { suspend: true })])).to.deep.equal([]);
  });
});

describe('system namespaces', () => {
  const everywhere = (more: object = {}): Baseline =>
    baseline('all', { namespaceSelector: { matchLabels: {} }, rbac: VIEWER, ...more });
  const governor = (by: Baseline, name: string, part: 'network' | 'rbac' = 'network'): string | undefined =>
    section(governed([by], name), part).governor?.baseline.name;

  it("THREATS 25: are out of every baseline, the platforms' too, unless named", () => {
    for (const name of ['kube-system', 'openshift-dns', 'calico-system', 'cattle-fleet-system', 'gke-managed', OWN]) {
      expect(governor(everywhere(), name, 'rbac'), name).to.equal(undefined);
      expect(governor(everywhere({ includedSystemNamespaces: [name] }), name, 'rbac'), name).to.equal('all');
    }
    expect(governor(everywhere({ includedSystemNamespaces: ['kube-system'] }), 'kube-public')).to.equal(undefined);
    expect(governor(everywhere(), 'kube-systems')).to.equal('all');
  });

  it("THREATS 25: the network section never applies to the operator's own namespace, named or not", () => {
    const named = everywhere({ includedSystemNamespaces: [OWN] });
    expect(governor(named, OWN, 'network')).to.equal(undefined);
    expect(governor(named, OWN, 'rbac')).to.equal('all');
  });

  it('are left out by excludedNamespaces even when named', () => {
    const both = everywhere({ includedSystemNamespaces: ['kube-system'], excludedNamespaces: ['kube-*'] });
    expect(governor(both, 'kube-system')).to.equal(undefined);
    expect(governor(everywhere({ excludedNamespaces: ['sandbox-?'] }), 'sandbox-1')).to.equal(undefined);
    expect(governor(everywhere({ excludedNamespaces: ['sandbox-?'] }), 'sandbox-10')).to.equal('all');
  });
});

describe('govern', () => {
  const spec = fc.record(
    {
      enforcement: fc.constantFrom('Audit', 'Enforce'),
      priority: fc.constantFrom(0, 1),
      suspend: fc.boolean(),
      deletionPolicy: fc.constantFrom('Retain', 'Delete'),
      namespaceSelector: fc.constantFrom(
        { matchLabels: PROD },
        { matchLabels: {} },
        { matchLabels: { env: 'dev' } },
        { matchExpressions: [{ key: 'env', operator: 'DoesNotExist' }] },
      ),
      rbac: fc.constant(VIEWER),
      excludedNamespaces: fc.constantFrom([], ['pay*']),
    },
    { requiredKeys: [] },
  );
  const baselines = fc
    .array(fc.tuple(spec, fc.constantFrom('2025', '2026'), fc.boolean()), { maxLength: 6 })
    .map((parts) =>
      parts.map(([s, createdAt, releasing], i) => baseline(`b${i}`, s as object, { createdAt, releasing })),
    );
  const held = fc
    .option(
      fc.tuple(fc.integer({ min: 0, max: 6 }), fc.constantFrom([{ key: 'env', value: 'prod' }], [{ key: 'env' }], [])),
    )
    .map((h) =>
      h === null
        ? []
        : [{ section: 'network' as const, baseline: `b${h[0]}`, baselineUid: `uid-b${h[0]}`, selectedBy: h[1] }],
    );
  const labels = fc.constantFrom({}, PROD, { env: 'dev' });

  it('answers for every section, whatever the baselines, and does not depend on their order', () => {
    fc.assert(
      fc.property(baselines, held, labels, fc.infiniteStream(fc.nat()), (all, before, has, seeds) => {
        const shuffled = all
          .map((b) => ({ b, at: seeds.next().value as number }))
          .sort((x, y) => x.at - y.at)
          .map(({ b }) => b);
        const one = govern(all, { name: 'payments', labels: has }, before, OWN);
        const two = govern(shuffled, { name: 'payments', labels: has }, before, OWN);
        expect(one.sections.map((s) => s.section)).to.deep.equal(SECTIONS);
        expect(two).to.deep.equal(one);
        expect(sameGovernance(one, two)).to.equal(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('never lets one that rests govern before one that acts, nor casts a shadow below the governor', () => {
    fc.assert(
      fc.property(baselines, labels, (all, has) => {
        for (const { governor, shadows } of govern(all, { name: 'shop', labels: has }, [], OWN).sections) {
          const acts = governor?.enforcement === 'Enforce' && !governor.suspended;
          if (!acts) expect(shadows).to.deep.equal([]);
          for (const shadow of shadows) {
            expect(shadow.enforcement === 'Audit' || shadow.suspended).to.equal(true);
            expect(shadow.baseline.spec.priority ?? 0).to.be.at.least(governor?.baseline.spec.priority ?? 0);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
