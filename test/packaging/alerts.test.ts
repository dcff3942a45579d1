import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { RECEIVER_METRICS } from '../../src/agents/receiver/metricTable.ts';
import { METRICS } from '../../src/operator/metricTable.ts';

const ALERTS = join(import.meta.dirname, '../../manifests/alerts');
const labelsOf = new Map([...METRICS, ...RECEIVER_METRICS].map(({ name, labels }) => [name, labels]));

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const rulesOf = (file: string): readonly Rule[] =>
  parse(readFileSync(join(ALERTS, file), 'utf8')).spec.groups.flatMap(
    (group: { rules: readonly Rule[] }) => group.rules,
  );

describe('The alerts', () => {
  const rules = readdirSync(ALERTS).flatMap(rulesOf);

  it('have names of their own', () => {
    expect(rules).to.have.length.above(5);
    expect(new Set(rules.map(({ alert }) => alert)).size).to.equal(rules.length);
  });

  for (const { alert, expr, labels, annotations } of rules) {
    it(`${alert} asks for metrics and labels that there are, and says what is wrong`, () => {
      const series = [...expr.matchAll(/\b(drawbridge_\w+)(?:\{([^}]*)\})?/g)];
      expect(series).to.have.length.above(0);
      for (const [, name = '', selector = ''] of series) {
        expect(labelsOf.has(name), name).to.equal(true);
        const asked = [...selector.matchAll(/(\w+)="/g)].map(([, label = '']) => label);
        expect(labelsOf.get(name)).to.include.members(asked);
      }
      expect(['info', 'warning', 'critical']).to.include(labels.severity);
      expect(annotations.summary).to.match(/\.$/);
      expect(annotations.description).to.match(/\.$/);
    });
  }
});
