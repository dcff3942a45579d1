import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { shippedGroups, shippedRules } from '../support/prometheus/shipped.ts';
import { groupedBy, seriesIn, unknownIn } from './series.ts';

const ROOT = join(import.meta.dirname, '../..');
const SECTIONS = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation'];

/** Gauges that only the replica which leads has: they are missing until the next one is scraped. */
const OF_LEADER = new Set([
  'drawbridge_baseline_condition',
  'drawbridge_baseline_info',
  'drawbridge_rollout_namespaces',
  'drawbridge_rollout_stopped',
  'drawbridge_namespaces',
  'drawbridge_findings',
  'drawbridge_contested_objects',
  'drawbridge_waivers',
  'drawbridge_waiver_expiry_timestamp_seconds',
  'drawbridge_audit_effective',
  'drawbridge_audit_proved_timestamp_seconds',
]);

describe('The alerts', () => {
  const rules = shippedRules();

  it('have names of their own', () => {
    expect(rules).to.have.length.above(15);
    expect(new Set(rules.map(({ alert }) => alert)).size).to.equal(rules.length);
    for (const { alert } of rules) expect(alert).to.match(/^Drawbridge[A-Z]/);
  });

  it('are all installed by their kustomization', () => {
    const { resources } = parse(readFileSync(join(ROOT, 'manifests/alerts/kustomization.yaml'), 'utf8'));
    expect(resources.toSorted()).to.deep.equal([...shippedGroups().keys()].toSorted());
  });

  for (const { alert, expr, labels, annotations } of rules) {
    it(`${alert} asks for metrics and labels that there are, and says what is wrong`, () => {
      expect(seriesIn(expr)).to.have.length.above(0);
      expect(unknownIn(expr)).to.deep.equal([]);
      expect(['info', 'warning', 'critical']).to.include(labels.severity);
      const { summary = '', description = '', runbook_url = '' } = annotations;
      expect(summary).to.match(/\.$/);
      expect(description).to.match(/\.$/);
      const named = [...`${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
      expect(groupedBy(expr), 'a label that it names').to.include.members(named);
      expect(runbook_url).to.equal(`docs/runbooks/${alert}.md`);
      // Whoever is woken begins with a command.
      expect(description).to.match(/`(kubectl|crictl) [^`]+`/);
    });

    it(`${alert} keeps clusters apart, and goes on while the lead changes hands`, () => {
      if (expr.startsWith('absent(')) return expect(alert).to.equal('DrawbridgeAbsent');
      for (const [, labels = ''] of expr.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)) {
        expect(labels).to.match(/^cluster, job, namespace(, |$)/);
      }
      for (const [, before, name = '', after] of expr.matchAll(/(\w*\(?)\b(drawbridge_\w+)(?:\{[^}]*\})?(\[\w+\])?/g)) {
        if (!OF_LEADER.has(name)) continue;
        expect(before, name).to.match(/^(last|max)_over_time\($/);
        expect(after, name).to.match(/^\[(5m|1d)\]$/);
      }
    });

    it(`${alert} has a runbook: what it means, whom it hurts, what to look at, what to do`, () => {
      const runbook = readFileSync(join(ROOT, `docs/runbooks/${alert}.md`), 'utf8');
      expect(runbook.split('\n')[0]).to.equal(`# ${alert}`);
      const parts = runbook.split(/^## /m).slice(1);
      expect(parts.map((part) => part.split('\n')[0])).to.deep.equal(SECTIONS);
      for (const part of parts) expect(part.split('\n').slice(1).join('').length).to.be.above(40);
    });
  }

  it('have no runbook that no alert names', () => {
    const known = new Set(rules.map(({ alert }) => `${alert}.md`));
    const spare = readdirSync(join(ROOT, 'docs/runbooks')).filter((file) => !known.has(file));
    expect(spare).to.deep.equal(existsSync(join(ROOT, 'docs/runbooks/README.md')) ? ['README.md'] : []);
  });
});
