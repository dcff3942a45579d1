import { expect } from 'chai';
import fc from 'fast-check';
import { BaselineReportSchema } from '../../src/api/schema/baselineReport.ts';
import { SecurityBaselineStatusSchema } from '../../src/api/schema/securityBaselineStatus.ts';
import type { JsonSchema } from '../../src/cli/schema/jsonSchema.ts';
import { shapeMistakes } from '../../src/cli/schema/shapeMistakes.ts';
import type { Finding } from '../../src/core/model/finding.ts';
import { quoteForeign } from '../../src/core/model/finding.ts';
import { policyReportOf } from '../../src/core/outcome/policyReport.ts';
import { reportOf } from '../../src/core/outcome/report.ts';
import { statusOf } from '../../src/core/outcome/status.ts';
import type { Drift } from '../../src/core/plan/changeResult.ts';
import { createLedger } from '../../src/operator/ledger.ts';
import { bareOutcome } from '../core/bareOutcome.ts';
import { foreignText } from '../support/arbitrary/foreignText.ts';
import { baseline, finding, governed, heldBy } from '../support/build.ts';

const NOW = '2026-01-02T00:00:00Z';
const RUNS = { numRuns: 400 };
const restricted = baseline('restricted');

/** Somebody's object, and what is said of it: names escaped, as every control does it. */
const told: fc.Arbitrary<Finding> = fc
  .tuple(foreignText, fc.array(foreignText, { maxLength: 24 }))
  .map(([name, words]) =>
    finding({ ref: { kind: 'Role', namespace: 'payments', name }, message: words.map(quoteForeign).join(' ') }),
  );
const drift: fc.Arbitrary<Drift> = fc.record({
  ref: foreignText.map((name) => ({ kind: 'Role', namespace: 'payments', name })),
  section: fc.constant('rbac' as const),
  control: fc.constant('rbac'),
  baseline: fc.constant('restricted'),
  change: fc.constant('modified' as const),
  fields: fc.array(foreignText, { maxLength: 10 }),
  manager: foreignText,
  user: foreignText,
  result: fc.constant('repaired' as const),
  repairedInMs: fc.constant(1.25),
});

const outcomeWith = (findings: readonly Finding[]) =>
  bareOutcome({
    governance: governed([restricted]),
    findings: findings.map((one) => ({ ...one, baseline: 'restricted', shadow: false })),
  });

/** The API server keeps text as UTF-8: half a pair comes back as another character, and then differs for ever. */
const comesBack = (value: unknown): void => {
  for (const text of textsIn(value)) expect(text.isWellFormed(), JSON.stringify(text)).to.equal(true);
};
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

describe('what is told of objects of others (THREATS 6)', () => {
  it('is a report that the API server takes, and gives back as it was written', () => {
    fc.assert(
      fc.property(fc.array(told, { maxLength: 4 }), fc.option(drift, { nil: undefined }), (findings, last) => {
        const report = reportOf(outcomeWith(findings), heldBy(restricted), undefined, last, NOW);
        expect(shapeMistakes(BaselineReportSchema as JsonSchema, report)).to.deep.equal([]);
        comesBack(report);
        for (const kind of ['Report', 'PolicyReport']) {
          comesBack(policyReportOf(outcomeWith(findings), kind).results.map(({ message }) => message));
        }
      }),
      RUNS,
    );
  });

  it('is a status that the API server takes, and gives back as it was written', () => {
    fc.assert(
      fc.property(fc.array(told, { maxLength: 4 }), (findings) => {
        const ledger = createLedger(() => 0);
        ledger.record(outcomeWith(findings));
        const tally = ledger.tally('restricted');
        const status = statusOf(restricted, undefined, tally, NOW, undefined, undefined, findings);
        expect(shapeMistakes(SecurityBaselineStatusSchema as JsonSchema, status)).to.deep.equal([]);
        comesBack(status);
      }),
      RUNS,
    );
  });

  it('has names on one line, at most 64 characters long, with nothing in them that moves a cursor or turns the line', () => {
    fc.assert(
      fc.property(foreignText, (text) => {
        const shown = quoteForeign(text);
        expect(shown.length).to.be.at.most(64);
        expect(shown).to.not.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        comesBack(shown);
      }),
      RUNS,
    );
  });
});
