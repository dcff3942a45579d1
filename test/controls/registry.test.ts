import { expect } from 'chai';
import fc from 'fast-check';
import type { NetworkSpec, PeerSpec } from '../../src/api/types.ts';
import { controls } from '../../src/controls/index.ts';
import { networkNames } from '../../src/controls/network/networkNames.ts';
import type { Facts } from '../../src/core/facts/facts.ts';
import { FACT_NAMES } from '../../src/core/facts/factsOf.ts';
import { kindRow } from '../../src/core/kinds/kinds.ts';
import { opensTooMuch, policyReach, reachesBlock, unionReach } from '../../src/core/reach/reach.ts';
import { parseCidr } from '../../src/k8s/cidr.ts';
import { anyCidr } from '../k8s/arbitraryAddress.ts';
import { KNOWN, UNKNOWN, viewWith } from './fixtures.ts';

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
const selector = fc.constantFrom({ matchLabels: {} }, { matchLabels: { app: 'web' } });
const peer: fc.Arbitrary<PeerSpec> = fc.oneof(
  fc.record({ ipBlock: fc.record({ cidr: anyCidr, except: fc.array(anyCidr, { maxLength: 2 }) }) }),
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: fc.constant({ matchLabels: { team: 'a' } }), podSelector: selector }),
);
const peers = fc.array(peer, { maxLength: 3 });
const ports = fc.constantFrom([], [{ port: 80 }], [{ protocol: 'UDP' as const, port: 53 }]);
const directions = fc.uniqueArray(fc.constantFrom('Ingress' as const, 'Egress' as const), { minLength: 1 });
const rule = fc.record(
  {
    name: label,
    podSelector: selector,
    ingress: fc.array(fc.record({ from: peers, ports }), { maxLength: 2 }),
    egress: fc.array(fc.record({ to: peers, ports }), { maxLength: 2 }),
  },
  { requiredKeys: ['name', 'podSelector'] },
);
const anyNetwork: fc.Arbitrary<NetworkSpec> = fc.record(
  {
    defaultDeny: directions,
    blockedCidrs: fc.array(anyCidr, { maxLength: 3 }),
    allow: fc.record(
      {
        dns: fc.record(
          { to: fc.array(peer, { minLength: 1, maxLength: 2 }), ports: fc.constant([{ port: 53 }]) },
          { requiredKeys: [] },
        ),
        apiServer: fc.record(
          { cidrs: fc.array(anyCidr, { minLength: 1 }), ports: fc.constant([443]) },
          { requiredKeys: [] },
        ),
        sameNamespace: directions,
        rules: fc.uniqueArray(rule, { selector: ({ name }) => name, maxLength: 4 }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['defaultDeny'] },
);

const networkControls = controls.filter(({ section }) => section === 'network');
const buildAll = (spec: NetworkSpec, facts: Facts) =>
  networkControls.map((control) => control.build(spec, viewWith({ facts })));
const wantedOf = (spec: NetworkSpec, facts: Facts = KNOWN) => buildAll(spec, facts).flatMap(({ wanted }) => wanted);

describe('the registry of controls', () => {
  it('lists each control once, by section', () => {
    expect(controls.map(({ id }) => id)).to.deep.equal([
      'network.allow-dns',
      'network.allow-api-server',
      'network.allow-same-namespace',
      'network.allow-rules',
      'network.default-deny',
      'network.foreign-policies',
      'rbac.roles',
      'rbac.role-bindings',
    ]);
    for (const { id, section } of controls) expect(id.startsWith(`${section}.`), id).to.equal(true);
  });

  it('declares kinds that have a row, facts that exist, and a sentence', () => {
    for (const { id, reads, writes, facts, summary } of controls) {
      for (const kind of [...reads, ...writes]) expect(() => kindRow(kind), id).to.not.throw();
      for (const fact of facts) expect(FACT_NAMES, id).to.include(fact);
      expect(summary, id).to.match(/^[A-Z].*\.$/);
    }
  });
});

describe('all network controls together', () => {
  it('name their objects differently, validly, and as networkNames foretells', () => {
    fc.assert(
      fc.property(anyNetwork, (spec) => {
        const names = wantedOf(spec).map(({ name }) => name);
        expect(new Set(names).size).to.equal(names.length);
        for (const name of names)
          expect(name)
            .to.match(/^drawbridge-[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
            .and.to.have.length.at.most(63);
        expect([...networkNames(spec, viewWith()).written].sort()).to.deep.equal(names.toSorted());
      }),
    );
  });

  it('never widen access when a fact goes: they write the same or nothing, and keep what they do not write', () => {
    fc.assert(
      fc.property(anyNetwork, fc.subarray([...FACT_NAMES]), (spec, gone) => {
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

  it('THREATS 7: never reach a blocked CIDR, whatever the spec allows', () => {
    fc.assert(
      fc.property(anyNetwork, (spec) => {
        fc.pre((spec.blockedCidrs ?? []).length > 0);
        for (const { name, body } of wantedOf(spec)) {
          const { egress } = policyReach(body.spec);
          if (egress === undefined) continue;
          for (const cidr of spec.blockedCidrs ?? []) {
            const block = parseCidr(cidr);
            if (block === undefined) throw new Error(cidr);
            expect(reachesBlock(egress, block), `${name} reaches ${cidr}`).to.equal(false);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('THREATS 7: never reach further than the rules as they were written', () => {
    fc.assert(
      fc.property(anyNetwork, (spec) => {
        const { blockedCidrs: _blocked, ...open } = spec;
        const reach = (of: NetworkSpec) =>
          unionReach(wantedOf(of).flatMap(({ body }) => policyReach(body.spec).egress ?? []));
        // What anywhere becomes is everywhere else, and everywhere else opens a lot: only the closed must stay closed.
        if (!opensTooMuch(reach(open))) expect(opensTooMuch(reach(spec))).to.equal(false);
      }),
    );
  });

  it('are total: no spec and no fact makes them throw', () => {
    fc.assert(
      fc.property(anyNetwork, fc.constantFrom(KNOWN, { ...KNOWN, dns: UNKNOWN, apiServer: UNKNOWN }), (spec, facts) => {
        for (const control of networkControls) control.inspect?.(spec, viewWith({ facts }));
      }),
    );
  });
});
