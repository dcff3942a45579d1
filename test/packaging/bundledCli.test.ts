import { chmodSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect } from 'chai';
import type { Metafile } from 'esbuild';
import type { Bundled } from '../../tools/bundle/build.ts';
import { bundled, ENTRY, writeBundle } from '../../tools/bundle/build.ts';
import { RUNTIME } from '../../tools/bundle/runtime.ts';
import { baselineText, CLEAN_POLICY, GOOD_RULE, POOR_POLICY } from '../cli/run.ts';
import { runNode } from './unprivileged.ts';

const ROOT = join(import.meta.dirname, '../..');
/** A folder each. */
const COMMANDS = globSync('src/cli/*/command.ts', { cwd: ROOT }).map((path) => basename(dirname(path)));

/** Every module that is loaded when one command runs: what is imported at once, and what its own file asks for later. */
function loadedBy(command: string, { inputs }: Metafile): ReadonlySet<string> {
  const seen = new Set<string>();
  const next = ['src/main.ts'];
  for (let path = next.pop(); path !== undefined; path = next.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const isOther = COMMANDS.some(
      (other) => other !== command && path.startsWith(`src/cli/${other}/`) && /[cC]ommand\.ts$/.test(path),
    );
    for (const one of inputs[path]?.imports ?? []) {
      if (one.external !== true && !(isOther && one.kind === 'dynamic-import')) next.push(one.path);
    }
  }
  return seen;
}

describe('The bundle, as a command line', function () {
  this.timeout(60_000);
  let made: Bundled;
  let dir = '';
  let empty = '';
  let work = '';

  before(async () => {
    made = await bundled();
    dir = mkdtempSync(join(tmpdir(), 'drawbridge-bundled-cli-'));
    [empty, work] = [join(dir, 'empty'), join(dir, 'work')];
    for (const one of [empty, work]) mkdirSync(one);
    await writeBundle(made, dir);
    const files = { 'clean.yaml': CLEAN_POLICY, 'poor.yaml': POOR_POLICY, 'baseline.yaml': baselineText(GOOD_RULE) };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(work, name), text);
    for (const one of [dir, empty, work]) chmodSync(one, 0o755);
  });
  after(() => rmSync(dir, { recursive: true, force: true }));
  const run = (...args: readonly string[]) => runNode([...RUNTIME.nodeArgs, join(dir, ENTRY), ...args], { cwd: empty });

  it('lints, explains, compiles and plans from an empty directory, as nobody, with nothing but Node', async () => {
    const [clean, poor, compiled, explained, planned] = await Promise.all([
      run('audit', 'lint', join(work, 'clean.yaml')),
      run('audit', 'lint', '-o', 'yaml', work),
      run('audit', 'compile', '-o', 'configmap', join(work, 'baseline.yaml')),
      run('audit', 'explain', '--policy', join(work, 'clean.yaml'), '--verb=get', '--path=/a', '-o=yaml'),
      run('audit', 'deliver', '--to', 'openshift', join(work, 'baseline.yaml')),
    ]);
    expect(planned.code, planned.stderr).to.equal(1);
    expect(planned.stdout).to.contain('profile: WriteRequestBodies');
    expect(clean).to.include({ code: 0, stdout: '' });
    expect(poor.code, poor.stderr).to.equal(1);
    expect(poor.stdout).to.contain('rule: unknown-verb');
    expect(compiled.code, compiled.stderr).to.equal(0);
    expect(compiled.stdout).to.contain('immutable: true');
    expect(explained.code, explained.stderr).to.equal(0);
    expect(explained.stdout).to.contain('level: Metadata');
  });

  for (const command of ['operator', 'auditReceiver'] as const) {
    it(`loads no YAML, and nothing that lints or formats, for the ${command}`, () => {
      const loaded = [...loadedBy(command, made.metafile)];
      expect(loaded).to.include(
        command === 'operator' ? 'src/operator/operator.ts' : 'src/agents/receiver/receiver.ts',
      );
      expect(loaded.filter((path) => path.startsWith('node_modules/yaml/'))).to.deep.equal([]);
      const own = loaded.filter((path) => path.startsWith('src/cli/'));
      expect(
        own.filter((path) => /\/files\/|\/format\/(?!report|formatNames)|lintDocument|explanation/.test(path)),
      ).to.deep.equal([]);
    });
  }

  it('loads YAML for the commands that read files', () => {
    const loaded = [...loadedBy('audit', made.metafile)];
    expect(loaded.some((path) => path.startsWith('node_modules/yaml/'))).to.equal(true);
    expect(loaded).to.not.include('src/operator/operator.ts');
    expect(loaded.some((path) => path.includes('client-node'))).to.equal(false);
  });
});
