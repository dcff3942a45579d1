import { expect } from 'chai';
import fc from 'fast-check';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import type { Governance } from '../../src/core/govern/governance.ts';
import type { Outcome } from '../../src/core/outcome/outcome.ts';
import type { Contribution, Tally } from '../../src/core/outcome/tally.ts';
import { createLedger } from '../../src/operator/ledger.ts';
import { contribution, tallyOf } from '../core/tallies.ts';
import { baseline, governed } from '../support/build.ts';
import { outcomeOver } from './outcomes.ts';

const restricted = baseline('restricted');
const edited = baseline('restricted', {}, { generation: 2 });
const trial = baseline('trial', { enforcement: 'Audit', priority: 9 });

const over = (namespace: string, ...baselines: readonly Baseline[]): Governance => governed(baselines, namespace);
describe('the ledger', () => {
  it('keeps running sums that equal a recount, whatever happens in whatever order', () => {
    const namespace = fc.constantFrom('a', 'b', 'c');
    const baselines = fc.constantFrom([], [restricted], [edited], [restricted, trial], [edited, trial], [trial]);
    const state = fc.constantFrom<Contribution['state']>('compliant', 'drifted', 'failed', 'unknown');
    const step = fc.record({
      what: fc.constantFrom('expect', 'record', 'record', 'forget'),
      namespace,
      baselines,
      state,
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const ledger = createLedger(() => 7);
        const model = createModel();
        for (const { what, namespace: ns, baselines: by, state: s } of steps) {
          const governance = over(ns, ...by);
          if (what === 'expect') ledger.expect(governance);
          else if (what === 'forget') ledger.forget(ns);
          else ledger.record(outcomeOver(governance, contribution(s)));
          model.apply(what, outcomeOver(governance, contribution(s)));
          for (const name of ['restricted', 'trial']) {
            expect(summary(ledger.tally(name))).to.deep.equal(summary(tallyOf(model.members(name))));
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** The same, counted anew from what was said last of each namespace. */
function createModel() {
  const expected = new Map<string, string>();
  const known = new Map<string, Map<string, Contribution | 'pending'>>();
  return {
    apply: (what: string, { namespace, baselines }: Outcome): void => {
      const claims = JSON.stringify(baselines.map(({ baseline: name, uid, generation }) => [name, uid, generation]));
      if (what === 'forget') {
        expected.delete(namespace);
        known.delete(namespace);
        return;
      }
      if (what === 'record' && (expected.get(namespace) ?? claims) !== claims) return;
      if (what === 'expect') expected.set(namespace, claims);
      const next = baselines.map((part): [string, Contribution | 'pending'] => {
        const old = known.get(namespace)?.get(part.baseline) ?? 'pending';
        const isCurrent = old !== 'pending' && old.generation === part.generation;
        if (what === 'expect') return [part.baseline, isCurrent ? old : 'pending'];
        return [part.baseline, { ...part, sinceMs: 0 }];
      });
      known.set(namespace, new Map(next));
    },
    members: (name: string): Readonly<Record<string, Contribution | 'pending'>> =>
      Object.fromEntries(
        [...known].flatMap(([namespace, parts]) => {
          const part = parts.get(name);
          return part === undefined ? [] : [[namespace, part] as const];
        }),
      ),
  };
}

const summary = ({ counts: all, findings, bad, failures }: Tally): unknown => ({
  counts: all,
  findings: Object.fromEntries(findings),
  failures: Object.fromEntries(failures),
  bad: [...bad.keys()].toSorted(),
});
