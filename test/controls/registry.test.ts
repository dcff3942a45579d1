import { expect } from 'chai';
import fc from 'fast-check';
import { WAIVABLE_CONTROLS } from '../../src/api/schema/controlId.ts';
import type { NetworkSpec } from '../../src/api/types.ts';
import { controls } from '../../src/controls/index.ts';
import { networkNames } from '../../src/controls/network/networkNames.ts';
import type { Facts } from '../../src/core/facts/facts.ts';
import { FACT_NAMES } from '../../src/core/facts/factsOf.ts';
import type { Held } from '../../src/core/govern/held.ts';
import { kindRow } from '../../src/core/kinds/kinds.ts';
import { servingFacts as anyFacts } from '../support/arbitrary/facts.ts';
import { looseNetworkSpec, networkSpec } from '../support/arbitrary/networkSpec.ts';
import { KNOWN, UNKNOWN, viewWith } from './fixtures.ts';

const networkControls = controls.filter(({ section }) => section === 'network');
/** Closed once: what is not known delays a first closing, and lifts none (THREATS 21). */
const CLOSED: Held = [
  { section: 'network', baseline: 'b', baselineUid: 'u', selectedBy: [], closed: ['Ingress', 'Egress'] },
];
const buildAll = (spec: NetworkSpec, facts: Facts) =>
  networkControls.map((control) => control.build(spec, viewWith({ facts, held: CLOSED })));
const wantedOf = (spec: NetworkSpec, facts: Facts = KNOWN) => buildAll(spec, facts).flatMap(({ wanted }) => wanted);

describe('the registry of controls', () => {
  it('lists each control once, by section', () => {
    expect(controls.map(({ id }) => id)).to.deep.equal([
      'network.allow-dns',
      'network.allow-api-server',
      'network.allow-api-server-callbacks',
      'network.allow-same-namespace',
      'network.allow-rules',
      'network.default-deny',
      'network.foreign-policies',
      'network.isolation',
      'rbac.roles',
      'rbac.role-bindings',
      'rbac.forbidden-grants',
      'service-account.default-token',
      'pod-security.labels',
      'pod-security.workloads',
      'resources.limit-range',
      'resources.quota',
    ]);
    const begins: Readonly<Record<string, string>> = {
      serviceAccounts: 'service-account',
      podSecurity: 'pod-security',
    };
    for (const { id, section } of controls) expect(id.startsWith(`${begins[section] ?? section}.`), id).to.equal(true);
  });

  it('THREATS 16: has no control that a waiver could not name', () => {
    for (const { id } of controls) expect(WAIVABLE_CONTROLS).to.include(id);
  });

  it('declares kinds that have a row, facts that exist, and a sentence', () => {
    for (const { id, reads, inspects = [], writes, applies = [], facts, summary } of controls) {
      for (const kind of [...reads, ...inspects, ...writes, ...applies]) expect(() => kindRow(kind), id).to.not.throw();
      for (const fact of facts) expect(FACT_NAMES, id).to.include(fact);
      expect(summary, id).to.match(/^[A-Z].*\.$/);
    }
  });
});

describe('all network controls together', () => {
  it('name their objects as networkNames foretells', () => {
    fc.assert(
      fc.property(networkSpec, (spec) => {
        const names = wantedOf(spec).map(({ name }) => name);
        expect([...networkNames(spec, viewWith()).written].sort()).to.deep.equal(names.toSorted());
      }),
    );
  });

  it('write the same or nothing when a fact goes, and keep what they do not write', () => {
    fc.assert(
      fc.property(networkSpec, fc.subarray([...FACT_NAMES]), (spec, gone) => {
        const facts: Facts = { ...KNOWN, ...Object.fromEntries(gone.map((name) => [name, UNKNOWN])) };
        const [before, after] = [wantedOf(spec), wantedOf(spec, facts)];
        const kept = buildAll(spec, facts)
          .flatMap((built) => built.kept ?? [])
          .map(({ name }) => name);
        for (const object of after) expect(before).to.deep.include(object);
        const missing = before.map(({ name }) => name).filter((name) => !after.some((object) => object.name === name));
        expect(missing.sort()).to.deep.equal(kept.sort());
      }),
    );
  });

  it('are total: no spec and no fact makes them throw', () => {
    fc.assert(
      fc.property(fc.oneof(networkSpec, looseNetworkSpec), anyFacts, (spec, facts) => {
        const view = viewWith({ facts });
        for (const control of networkControls) control.build(spec, view);
        for (const control of networkControls) control.inspect?.(spec, view);
      }),
    );
  });
});
