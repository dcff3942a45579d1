import { expect } from 'chai';
import fc from 'fast-check';
import { WAIVABLE_CONTROLS } from '../../src/api/schema/controlId.ts';
import type { NetworkSpec } from '../../src/api/types.ts';
import { controls } from '../../src/controls/index.ts';
import { networkNames } from '../../src/controls/network/networkNames.ts';
import { FACT_NAMES } from '../../src/core/facts/factsOf.ts';
import { kindRow } from '../../src/core/kinds/kinds.ts';
import { networkSpec } from '../support/arbitrary/networkSpec.ts';
import { viewWith } from './fixtures.ts';

const networkControls = controls.filter(({ section }) => section === 'network');
const wantedOf = (spec: NetworkSpec) => networkControls.flatMap((control) => control.build(spec, viewWith()).wanted);

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
});
