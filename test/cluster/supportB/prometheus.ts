import { expect } from 'chai';

interface Family {
  readonly help: string;
  readonly type: string;
  readonly samples: readonly string[];
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*\})? (\S+)$/;

/** Reads the Prometheus text format as strictly as promtool: what is odd fails. */
export function parsePrometheus(text: string): ReadonlyMap<string, Family> {
  const helps = new Map<string, string>();
  const families = new Map<string, { help: string; type: string; samples: string[] }>();
  const series = new Set<string>();
  expect(text.endsWith('\n'), 'the last line ends').to.equal(true);
  for (const line of text.split('\n').filter((l) => l !== '')) {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === 'HELP') {
      expect(helps.has(name), `${name} has two HELP lines`).to.equal(false);
      helps.set(name, rest);
    } else if (keyword === 'TYPE') {
      expect(families.has(name), `${name} has two TYPE lines`).to.equal(false);
      families.set(name, { help: helps.get(name) ?? '', type: rest, samples: [] });
    } else {
      const [, sample = '', labels = '', value] = SAMPLE.exec(line) ?? [];
      expect(sample, `cannot be read: ${line}`).not.to.equal('');
      expect(Number.isNaN(Number(value)), `no number: ${line}`).to.equal(value === 'NaN' || value === '+Inf');
      const family = families.get(sample) ?? families.get(sample.replace(/_(bucket|sum|count)$/, ''));
      expect(family, `no TYPE before ${line}`).not.to.equal(undefined);
      expect(series.has(sample + labels), `twice: ${line}`).to.equal(false);
      series.add(sample + labels);
      family?.samples.push(line);
    }
  }
  for (const [name, { help, type }] of families) {
    expect(help, `${name} has no HELP`).not.to.equal('');
    if (name.startsWith('drawbridge_')) expect(name.endsWith('_total'), name).to.equal(type === 'counter');
  }
  return families;
}
