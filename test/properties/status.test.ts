import { expect } from 'chai';
import fc from 'fast-check';
import { Compile } from 'typebox/schema';
import { SecurityBaselineStatusSchema } from '../../src/api/schema/securityBaselineStatus.ts';
import type { Condition, SecurityBaselineStatus } from '../../src/api/types.ts';
import { outcomeOf } from '../../src/core/outcome/outcome.ts';
import { statusOf } from '../../src/core/outcome/status.ts';
import type { Change } from '../../src/core/plan/change.ts';
import type { ChangeResult } from '../../src/core/plan/changeResult.ts';
import { classifyRefusal } from '../../src/core/plan/refusal.ts';
import { createLedger } from '../../src/operator/ledger.ts';
import { create, recreate, relabel, remove, update } from '../core/changes.ts';
import { answer, finding } from '../support/arbitrary/results.ts';
import { baseline, governed, heldBy, PROD } from '../support/build.ts';
import { brokenRule, kstatus } from '../support/model/kstatus.ts';

const GENERATION = 3;
const THEN = '2026-01-01T00:00:00Z';
const NOW = '2026-01-02T00:00:00Z';

const change: fc.Arbitrary<Change> = fc.constantFrom(
  create(),
  update(),
  relabel(),
  recreate(),
  remove('drawbridge-old'),
);
const result: fc.Arbitrary<ChangeResult> = fc.oneof(
  change.map((of): ChangeResult => ({ change: of, result: 'written', answer: undefined, atMs: 1 })),
  change.map((of): ChangeResult => ({ change: of, result: 'waiting' })),
  fc.tuple(change, answer, fc.constantFrom(true, false, undefined)).map(
    ([of, said, lacks]): ChangeResult => ({
      change: of,
      result: 'failed',
      refusal: classifyRefusal(said, of.ref, lacks),
    }),
  ),
);
const withheld = fc.record({
  change,
  reason: fc.constantFrom('Audit' as const, 'ChangedByAdmission' as const, 'WritesBounded' as const),
});

/** What one look at a namespace brings; a pending one has had none. */
const look = fc.record({
  retained: fc.boolean(),
  findings: fc.array(finding, { maxLength: 2 }),
  withheld: fc.array(withheld, { maxLength: 1 }),
  results: fc.array(result, { maxLength: 3 }),
});
const looks = fc.array(fc.option(look, { freq: 4, nil: 'pending' as const }), { maxLength: 5 });
const spec = fc.record(
  { suspend: fc.boolean(), deletionPolicy: fc.constantFrom('Retain' as const, 'Delete' as const) },
  { requiredKeys: [] },
);

/** The status of a baseline after these looks at its namespaces, through the ledger as the operator does it. */
function statusAfter(
  restricted: ReturnType<typeof baseline>,
  all: readonly (LookOf | 'pending')[],
  before: SecurityBaselineStatus | undefined,
  now: string,
) {
  const ledger = createLedger(() => 1);
  const states = all.map((one, index) => {
    const isRetained = one !== 'pending' && one.retained && restricted.spec.deletionPolicy !== 'Delete';
    const governance = governed([restricted], `n${index}`, isRetained ? {} : PROD, heldBy(restricted));
    ledger.expect(governance);
    if (one === 'pending') return one;
    const findings = one.findings.map((found) => ({ ...found, baseline: 'restricted', shadow: false }));
    const outcome = outcomeOf({
      ...one,
      governance,
      findings,
      drifts: [],
      contested: 0,
      durationMs: 1,
      terminating: false,
    });
    ledger.record(outcome);
    return outcome.baselines[0]?.state ?? 'pending';
  });
  return { states, status: statusOf(restricted, before, ledger.tally('restricted'), now) };
}

type LookOf = typeof look extends fc.Arbitrary<infer T> ? T : never;

const verdicts = ({ conditions = [] }: SecurityBaselineStatus): ReadonlyMap<string, Condition> =>
  new Map(conditions.map((condition) => [condition.type, condition]));

describe('the status after any looks at any namespaces', () => {
  const shape = Compile(SecurityBaselineStatusSchema);
  const theirs: Condition = { type: 'Theirs', status: 'True', reason: 'R', message: '', lastTransitionTime: THEN };

  it('keeps the rules of kstatus and of the CRD, moves no time without cause, and says nothing twice', () => {
    fc.assert(
      fc.property(spec, looks, looks, (how, first, second) => {
        const restricted = baseline('restricted', how, { generation: GENERATION });
        const old = statusAfter(
          baseline('restricted', how, { generation: GENERATION - 1 }),
          first,
          undefined,
          THEN,
        ).status;
        const { states, status } = statusAfter(restricted, second, old, NOW);
        const broken = brokenRule(status, {
          generation: GENERATION,
          states,
          observedBefore: old.observedGeneration ?? -1,
        });
        expect(broken).to.equal(undefined);
        expect(shape.Check(status), JSON.stringify(status)).to.equal(true);
        for (const [type, { status: value, lastTransitionTime }] of verdicts(status)) {
          const same = verdicts(old).get(type)?.status === value;
          expect(lastTransitionTime, type).to.equal(same ? THEN : NOW);
        }
        expect(statusAfter(restricted, second, status, 'later').status).to.deep.equal(status);
        const beside = statusAfter(
          restricted,
          second,
          { ...old, conditions: [theirs, ...(old.conditions ?? [])] },
          NOW,
        ).status;
        expect(beside.conditions).to.deep.equal([...(status.conditions ?? []), theirs]);
      }),
      { numRuns: 500 },
    );
  });

  it('is Failed for kstatus only where a right is missing or all is refused, and Current only where all was done', () => {
    fc.assert(
      fc.property(looks, (all) => {
        const { states, status } = statusAfter(
          baseline('restricted', {}, { generation: GENERATION }),
          all,
          undefined,
          NOW,
        );
        const reasons = all.map((one) =>
          one === 'pending' ? [] : one.results.flatMap((r) => (r.result === 'failed' ? [r.refusal.reason] : [])),
        );
        const isRefused = all.length > 0 && reasons.every((some) => some.includes('Invalid'));
        const isMissing = reasons.some((some) => some.includes('MissingRight'));
        const isDone = states.every((state) => state !== 'pending' && state !== 'failed');
        const verdict = kstatus(status, GENERATION);
        expect(verdict === 'Current').to.equal(isDone);
        if (isMissing) expect(verdict).to.equal('Failed');
        if (verdict === 'Failed') expect(isMissing || isRefused).to.equal(true);
      }),
      { numRuns: 500 },
    );
  });
});
