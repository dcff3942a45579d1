import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { parse, stringify } from 'yaml';
import { promtool } from '../support/prometheus/promtool.ts';
import { shippedGroups, shippedRules } from '../support/prometheus/shipped.ts';
import { START_TIMEOUT_MS } from '../support/sharedControlPlane.ts';

const TESTS = join(import.meta.dirname, 'alertRules');

interface UnitTest {
  readonly name: string;
  readonly promql_expr_test: readonly { readonly expr: string; readonly exp_samples: readonly unknown[] }[];
}

describe('The alerts, by promtool', function () {
  this.timeout(START_TIMEOUT_MS);
  let dir = '';

  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'drawbridge-rules-'));
    cpSync(TESTS, dir, { recursive: true });
    // promtool reads rule files, which a PrometheusRule has in its spec.
    for (const [file, groups] of shippedGroups()) {
      writeFileSync(join(dir, `${basename(file, '.yaml')}.rules.yaml`), stringify({ groups }));
    }
  });
  after(() => rmSync(dir, { recursive: true }));

  it('pass check rules, with the lints on', async () => {
    const files = [...shippedGroups().keys()].map((file) => join(dir, `${basename(file, '.yaml')}.rules.yaml`));
    const { code, output } = await promtool(['check', 'rules', '--lint=all', '--lint-fatal', ...files]);
    expect(code, output).to.equal(0);
    expect(output.match(/(\d+) rules found/g)).to.have.lengthOf(files.length);
  });

  it('fire when they should, and are silent when they should be', async () => {
    const files = readdirSync(TESTS).map((file) => join(dir, file));
    expect(files).to.have.lengthOf(shippedGroups().size);
    const { code, output } = await promtool(['test', 'rules', ...files]);
    expect(code, output).to.equal(0);
  });

  it('are each tested both ways', () => {
    const tests: readonly UnitTest[] = readdirSync(TESTS).flatMap(
      (file) => parse(readFileSync(join(TESTS, file), 'utf8')).tests,
    );
    const expectations = tests.flatMap(({ promql_expr_test }) => promql_expr_test);
    for (const { alert } of shippedRules()) {
      const own = expectations.filter(({ expr }) => expr.includes(`alertname="${alert}"`));
      expect(
        own.some(({ exp_samples }) => exp_samples.length > 0),
        `${alert} fires`,
      ).to.equal(true);
      expect(
        own.some(({ exp_samples }) => exp_samples.length === 0),
        `${alert} is silent`,
      ).to.equal(true);
    }
  });
});
