import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { controls } from '../../src/controls/index.ts';
import type { Control } from '../../src/core/control/control.ts';
import { RICH } from './golden/rich.ts';
import { viewOfWorld } from './mutations/world.ts';

/** `UPDATE_GOLDEN=1` writes them anew; read the difference. */
const FOLDER = join(import.meta.dirname, 'golden');

/** What a control wants and finds, for a baseline that says much, in a namespace in which much is wrong. */
function told({ section, build, inspect }: Control): string {
  const view = viewOfWorld(RICH);
  const spec = RICH.baselines[0]?.spec[section] as never;
  const { wanted, kept = [], findings = [], levels } = build(spec, view);
  const inspected = inspect?.(spec, view);
  const brief = [...findings, ...(inspected?.findings ?? [])].map(({ ref, ...finding }) => ({
    object: `${ref.kind} ${ref.name}`,
    ...finding,
  }));
  const content = { wanted, kept, levels, findings: brief, remove: inspected?.remove ?? [] };
  return stringify(content, { lineWidth: 0, aliasDuplicateObjects: false });
}

describe('What each control wants, word for word:', () => {
  for (const control of controls) {
    it(control.id, () => {
      const file = join(FOLDER, `${control.id}.yaml`);
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, told(control));
      expect(existsSync(file), 'write it with UPDATE_GOLDEN=1').to.equal(true);
      expect(told(control)).to.equal(readFileSync(file, 'utf8'));
    });
  }

  it('and of no control that is gone', () => {
    const files = globSync(`${FOLDER}/*.yaml`).map((file) => basename(file, '.yaml'));
    expect(files.sort()).to.deep.equal(controls.map(({ id }) => id).sort());
  });
});
