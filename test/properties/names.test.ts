import { expect } from 'chai';
import fc from 'fast-check';
import { NAME_PREFIX } from '../../src/api/names.ts';
import type { RoleBindingSpec } from '../../src/api/types.ts';
import { ruleName } from '../../src/controls/network/names.ts';
import { bindingName, roleName } from '../../src/controls/rbac/names.ts';
import { boundedName } from '../../src/k8s/boundedName.ts';
import { facts } from '../support/arbitrary/facts.ts';
import { labels } from '../support/arbitrary/labels.ts';
import { dnsLabel } from '../support/arbitrary/name.ts';
import { networkSpec } from '../support/arbitrary/networkSpec.ts';
import { rbacSpec } from '../support/arbitrary/rbacSpec.ts';
import { wantedOf } from './wanted.ts';

/** RFC 1123, as apimachinery's IsDNS1123Label: also what a label value may be. */
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const isFitting = (name: string): boolean => DNS_LABEL.test(name) && name.startsWith(NAME_PREFIX);

const roleRef: fc.Arbitrary<RoleBindingSpec['roleRef']> = fc.record({
  kind: fc.constantFrom('Role' as const, 'ClusterRole' as const),
  name: fc.oneof(
    dnsLabel,
    dnsLabel.map((name) => `${NAME_PREFIX}${name}`),
  ),
});
const binding = fc.record({ name: dnsLabel, roleRef }).map((parts): RoleBindingSpec => ({ ...parts, subjects: [] }));

/** Every way in which a name is made of what a user writes, and the text that one is made of. */
const MAKERS = {
  'a rule': { input: dnsLabel, make: ruleName },
  'a role': { input: dnsLabel, make: roleName },
} as const;

/** A name, and one that is made to look like what becomes of it: cut where it is cut, with its hash. */
const alike = (make: (name: string) => string): fc.Arbitrary<readonly [string, string]> =>
  fc.oneof(
    fc.tuple(dnsLabel, dnsLabel),
    dnsLabel.map((name): [string, string] => [name, make(name).slice(make('').length)]),
    dnsLabel.map((name): [string, string] => [name, make(name)]),
  );

describe('the names of objects', () => {
  for (const [what, { make }] of Object.entries(MAKERS)) {
    it(`of ${what} are DNS labels under our prefix, and two names give two`, () => {
      fc.assert(
        fc.property(alike(make), ([a, b]) => {
          expect(isFitting(make(a)), make(a)).to.equal(true);
          expect(isFitting(make(b)), make(b)).to.equal(true);
          expect(make(a) === make(b)).to.equal(a === b);
        }),
        { numRuns: 2000 },
      );
    });
  }

  it('of bindings are DNS labels, and another name or another roleRef gives another', () => {
    const twins = fc.oneof(
      fc.tuple(binding, binding),
      // The same but for the roleRef, and the same but for the name.
      fc.tuple(binding, roleRef).map(([one, ref]) => [one, { ...one, roleRef: ref }] as const),
      fc.tuple(binding, dnsLabel).map(([one, name]) => [one, { ...one, name }] as const),
      // A name that ends as the first one's does, hash and all.
      binding.map((one) => [one, { ...one, name: bindingName(one).slice(NAME_PREFIX.length) }] as const),
    );
    fc.assert(
      fc.property(twins, ([a, b]) => {
        expect(isFitting(bindingName(a)), bindingName(a)).to.equal(true);
        const isSame = a.name === b.name && a.roleRef.kind === b.roleRef.kind && a.roleRef.name === b.roleRef.name;
        expect(bindingName(a) === bindingName(b), `${bindingName(a)} ${bindingName(b)}`).to.equal(isSame);
      }),
      { numRuns: 3000 },
    );
  });

  it('of whatever length are cut to 63 characters, and stay apart', () => {
    const long = fc.stringMatching(/^[a-z]([-a-z0-9]{0,300}[a-z0-9])?$/);
    fc.assert(
      fc.property(long, long, (a, b) => {
        expect(boundedName(a)).to.match(DNS_LABEL);
        expect(boundedName(a) === boundedName(b)).to.equal(a === b);
        expect(boundedName(boundedName(a)) === boundedName(a)).to.equal(a.length < 63);
      }),
      { numRuns: 1000 },
    );
  });

  it('of one baseline differ within each kind', () => {
    fc.assert(
      fc.property(networkSpec, rbacSpec, facts, labels, (network, rbac, known, has) => {
        const keys = wantedOf({ network, rbac }, known, has).map(({ kind, name }) => `${kind}/${name}`);
        expect(new Set(keys).size).to.equal(keys.length);
        for (const key of keys) expect(isFitting(key.split('/')[1] ?? ''), key).to.equal(true);
      }),
      { numRuns: 500 },
    );
  });
});
