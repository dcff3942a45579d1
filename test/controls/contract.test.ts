import { expect } from 'chai';
import fc from 'fast-check';
import { NAME_PREFIX } from '../../src/api/names.ts';
import type { Section } from '../../src/api/types.ts';
import { CHECKS } from '../../src/controls/checks/checks.ts';
import { controls } from '../../src/controls/index.ts';
import type { Control, Wanted } from '../../src/core/control/control.ts';
import type { View } from '../../src/core/control/view.ts';
import type { FactName, Facts } from '../../src/core/facts/facts.ts';
import type { Finding } from '../../src/core/model/finding.ts';
import { inspectedBySection, kindsOfSection } from '../../src/operator/sections.ts';
import { podSecuritySpec } from '../support/arbitrary/baselineSpec.ts';
import { knownFacts } from '../support/arbitrary/facts.ts';
import { looseNetworkSpec, networkSpec } from '../support/arbitrary/networkSpec.ts';
import { rbacSpec } from '../support/arbitrary/rbacSpec.ts';
import { resourcesSpec } from '../support/arbitrary/resourcesSpec.ts';
import { frozen, viewOfParts, viewParts, watchedView } from './contract/anyView.ts';
import { UNKNOWN } from './fixtures.ts';

/** Also what the CRD refuses and a file may hold. */
const SPECS: Readonly<Record<Section, fc.Arbitrary<object>>> = {
  network: fc.oneof(networkSpec, looseNetworkSpec),
  rbac: rbacSpec,
  serviceAccounts: fc.constant({ defaultToken: 'Disabled' }),
  podSecurity: podSecuritySpec,
  resources: resourcesSpec,
};

const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
/** Ports of DNS beside its own go with the fact; that nothing is wider then, test/properties/widening.test.ts says. */
const settledFacts = knownFacts.map(
  ({ dns, ...facts }): Facts => ({
    ...facts,
    dns: dns.known ? { ...dns, value: { ...dns.value, ports: [{ protocol: 'UDP', port: 53 }] } } : dns,
  }),
);

const SEVERITIES = ['critical', 'high', 'medium', 'low'];

const everything = (control: Control, spec: object, view: View) => ({
  built: control.build(spec as never, view),
  inspected: control.inspect?.(spec as never, view),
});
const findingsOf = (all: ReturnType<typeof everything>): readonly Finding[] => [
  ...(all.built.findings ?? []),
  ...(all.inspected?.findings ?? []),
];
const inSection = ({ section }: Control): readonly Control[] => controls.filter((other) => other.section === section);

for (const control of controls) {
  const { id, section, writes, applies = [] } = control;
  const asked = fc.record({ spec: SPECS[section], parts: viewParts });

  describe(`The contract of controls, kept by ${id}`, () => {
    it('is total, deterministic, and changes nothing that it is given', () => {
      fc.assert(
        fc.property(asked, ({ spec, parts }) => {
          const once = everything(control, frozen(spec), viewOfParts(parts));
          // What is remembered by the identity of a spec or of a view says the same to another one that is equal.
          expect(everything(control, structuredClone(spec), viewOfParts(parts))).to.deep.equal(once);
          expect(structuredClone(once)).to.deep.equal(once);
        }),
      );
    });

    it('names what it writes as is reserved, each once, of the kinds that it declares', () => {
      fc.assert(
        fc.property(asked, ({ spec, parts }) => {
          const { wanted, kept = [] } = control.build(spec as never, viewOfParts(parts));
          const whole = [...wanted.filter(({ partial }) => partial !== true), ...kept];
          for (const { kind, name } of whole) {
            expect(writes).to.include(kind);
            expect(name).to.match(DNS_SUBDOMAIN);
            expect(name.startsWith(NAME_PREFIX), name).to.equal(true);
          }
          for (const { kind, partial } of wanted) if (partial === true) expect(applies).to.include(kind);
          const keys = [...wanted, ...kept].map(({ kind, name }) => `${kind}/${name}`);
          expect(new Set(keys).size).to.equal(keys.length);
        }),
      );
    });

    it('looks at nothing that its section does not declare, nor at what is not known yet', () => {
      const [needed, inspected] = [kindsOfSection(controls, section), inspectedBySection(controls, section)];
      const declared = new Set<FactName>(inSection(control).flatMap(({ facts }) => facts));
      fc.assert(
        fc.property(asked, fc.subarray([...inspected]), ({ spec, parts }, unknown) => {
          const { view, kinds, facts } = watchedView({ ...parts, unknown });
          everything(control, spec, view);
          control.basis?.(spec as never, view);
          control.release?.(view);
          const allowed = [...needed, ...inspected.filter((kind) => !unknown.includes(kind))];
          expect([...kinds].filter((kind) => !allowed.includes(kind))).to.deep.equal([]);
          expect([...facts].filter((fact) => !declared.has(fact))).to.deep.equal([]);
        }),
      );
    });

    it('finds what the table of checks has as its own, no worse than that says, about an object and in words', () => {
      fc.assert(
        fc.property(asked, ({ spec, parts }) => {
          for (const finding of findingsOf(everything(control, spec, viewOfParts(parts)))) {
            const row = CHECKS.find((check) => check.id === finding.check);
            expect(row?.controls, `${finding.check} ${finding.reason}`).to.include(id);
            expect(finding.control).to.equal(id);
            expect(SEVERITIES.indexOf(finding.severity), `${finding.check} ${finding.reason}`).to.be.at.least(
              SEVERITIES.indexOf(row?.severity ?? ''),
            );
            expect(finding.reason).to.match(/^[A-Z][A-Za-z]+$/);
            expect(finding.ref.name).to.not.equal('');
            expect(finding.message).to.match(/^\S.{10,}/s);
          }
        }),
      );
    });

    for (const fact of control.facts) {
      it(`writes nothing else while ${fact} is unknown: the same, or nothing and says so`, () => {
        fc.assert(
          fc.property(asked, settledFacts, ({ spec, parts }, known) => {
            const at = (facts: Facts) => viewOfParts({ ...parts, facts, held: 'closed' });
            const [before, after] = [at(known), at({ ...known, [fact]: UNKNOWN })];
            const was = control.build(spec as never, before).wanted;
            const { wanted, kept = [] } = control.build(spec as never, after);
            for (const object of wanted) expectNotOther(object, was, before);
            const gone = was.filter(({ kind, name }) => !wanted.some((o) => o.kind === kind && o.name === name));
            const names = kept.map(({ name }) => name);
            for (const { name, partial } of gone) if (partial !== true) expect(names).to.include(name);
            if (gone.length > 0) expect(unknownsIn(control, spec, after)).to.not.deep.equal([]);
          }),
        );
      });
    }
  });
}

/** The same object; of an object of others, of which labels are ours, those that it would have, or has. */
function expectNotOther(object: Wanted, was: readonly Wanted[], view: View): void {
  if (object.partial !== true) expect(was).to.deep.include(object);
  const before = was.find(({ kind, name }) => kind === object.kind && name === object.name);
  for (const [key, value] of Object.entries(object.labels ?? {})) {
    expect([before?.labels?.[key], view.labels[key]], key).to.include(value);
  }
}

/** That something is not known is told by one control of the section: by that which rests on it. */
const unknownsIn = (control: Control, spec: object, view: View): readonly Finding[] =>
  inSection(control)
    .flatMap((other) => findingsOf(everything(other, spec, view)))
    .filter(({ result }) => result === 'unknown');
