import { expect } from 'chai';
import fc from 'fast-check';
import type { Section } from '../../src/api/types.ts';
import { SECTIONS } from '../../src/api/types.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import { govern } from '../../src/core/govern/govern.ts';
import { sameGovernance } from '../../src/core/govern/governance.ts';
import { heldAfter } from '../../src/core/govern/held.ts';
import type { Labels } from '../../src/k8s/object.ts';
import { baselines, held } from '../support/arbitrary/baselines.ts';
import { labels } from '../support/arbitrary/labels.ts';
import { OWN } from '../support/build.ts';
import { isSelected } from '../support/model/traffic.ts';

const name = fc.constantFrom('payments', 'shop', 'kube-system', 'openshift-dns', OWN, 'a-test');
const inputs = fc.record({ all: baselines, name, has: labels, before: held });

interface Namespace {
  readonly name: string;
  readonly has: Labels;
}

const look = ({ all, name: called, has, before }: Namespace & { all: readonly Baseline[]; before: typeof NO_HELD }) =>
  govern(all, { name: called, labels: has }, before, OWN);
const NO_HELD: ReturnType<typeof heldAfter> = [];

/** Whether a baseline takes a namespace in, written a second time. */
function takesIn({ spec, releasing }: Baseline, section: Section, { name: called, has }: Namespace): boolean {
  if (releasing || spec[section] === undefined || (section === 'network' && called === OWN)) return false;
  const isSystem = ['kube-system', 'openshift-dns', OWN].includes(called);
  const excluded = (spec.excludedNamespaces ?? []).some((glob) =>
    new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(called),
  );
  const included = !isSystem || (spec.includedSystemNamespaces ?? []).includes(called);
  return !excluded && included && isSelected(spec.namespaceSelector, has);
}

const acts = ({ spec }: Baseline, section: Section): boolean =>
  (spec[section]?.enforcement ?? spec.enforcement) === 'Enforce' && spec.suspend !== true;

/** DESIGN §2.1: what acts, then the priority, then the age, then the name. */
const rank = (baseline: Baseline, section: Section): readonly (string | number)[] => [
  acts(baseline, section) ? 0 : 1,
  -(baseline.spec.priority ?? 0),
  baseline.createdAt,
  baseline.name,
];
const first = (a: readonly (string | number)[], b: readonly (string | number)[]): boolean => {
  const at = a.findIndex((item, index) => item !== b[index]);
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0);
};

describe('govern', () => {
  it('gives one answer for any set of baselines, whatever their order', () => {
    fc.assert(
      fc.property(inputs, fc.array(fc.nat(), { minLength: 5, maxLength: 5 }), (input, seeds) => {
        const shuffled = input.all
          .map((baseline, index) => ({ baseline, at: seeds[index] ?? 0 }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ baseline }) => baseline);
        const [one, two] = [look(input), look({ ...input, all: shuffled })];
        expect(one.sections.map(({ section }) => section)).to.deep.equal(SECTIONS);
        expect(two).to.deep.equal(one);
        expect(sameGovernance(one, two)).to.equal(true);
      }),
      { numRuns: 500 },
    );
  });

  it('gives each section to the first by rank of those that take the namespace in, and to nobody where none does', () => {
    fc.assert(
      fc.property(inputs, ({ before: _held, ...input }) => {
        for (const { section, governor } of look({ ...input, before: [] }).sections) {
          const claimants = input.all.filter((baseline) => takesIn(baseline, section, input));
          const best = claimants.find((one) =>
            claimants.every((other) => other === one || first(rank(one, section), rank(other, section))),
          );
          expect(governor?.baseline.name).to.equal(best?.name);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('THREATS 15: lets nobody who audits or rests govern before, or release beside, one that acts', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        for (const { section, governor, shadows, released } of look(input).sections) {
          const acting = input.all.filter((one) => takesIn(one, section, input) && acts(one, section));
          if (acting.length > 0) expect(governor && acts(governor.baseline, section)).to.equal(true);
          if (acting.length > 0) expect(released).to.equal(undefined);
          for (const shadow of shadows) {
            expect(acts(shadow.baseline, section)).to.equal(false);
            expect(governor && acts(governor.baseline, section)).to.equal(true);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('THREATS 3: releases only what was held, by a baseline that is there, acts, and says Delete', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        for (const { section, released } of look(input).sections) {
          if (released === undefined) continue;
          const by = input.all.find((one) => one.name === released);
          expect(input.before.find((record) => record.section === section)?.baseline).to.equal(released);
          expect(by?.spec.deletionPolicy).to.equal('Delete');
          expect(by !== undefined && acts(by, section)).to.equal(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('THREATS 14: keeps what it was held to when only labels of the namespace change', () => {
    fc.assert(
      fc.property(inputs, labels, (input, next) => {
        const was = look({ ...input, before: [] });
        const remembered = heldAfter(was, [], new Set());
        const now = look({ ...input, has: next, before: remembered });
        for (const [index, { section, governor }] of was.sections.entries()) {
          if (governor === undefined || !acts(governor.baseline, section)) continue;
          if (governor.baseline.spec.deletionPolicy === 'Delete') continue;
          const then = now.sections[index]?.governor;
          expect(then !== undefined && acts(then.baseline, section), section).to.equal(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
