import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { GET_SECRET, LIST_PODS, line } from './run.ts';

const MAIN = join(import.meta.dirname, '../../../src/main.ts');

describe('the command audit propose', () => {
  let dir = '';
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'drawbridge-test-'));
    writeFileSync(join(dir, 'audit.log'), `${LIST_PODS}\n`);
    const user = { user: { username: 'jane', groups: [] } };
    writeFileSync(join(dir, 'jane.log'), `${line('get', '/metrics', undefined, user)}\n`);
  });
  after(() => rmSync(dir, { recursive: true }));

  const propose = (args: readonly string[], input = '') =>
    spawnSync(process.execPath, [MAIN, 'audit', 'propose', ...args], { cwd: dir, input, encoding: 'utf8' });

  it('reads files and standard input, and ends 0, 1 or 2', () => {
    expect(propose(['audit.log'])).to.include({ status: 0, stderr: '' });
    const both = propose(['audit.log', '-'], `${GET_SECRET}\n`);
    expect(both).to.include({ status: 1, stderr: '' });
    expect(both.stdout).to.include('"pods"').and.include('--approve secrets-read');
    const missing = propose(['missing.log']);
    expect(missing).to.include({ status: 2, stdout: '' });
    expect(missing.stderr).to.include('missing.log');
  });

  it('is about ServiceAccounts, those of one namespace, or whom it is told', () => {
    expect(propose(['jane.log']).stderr).to.include('no ServiceAccount used anything');
    expect(propose(['jane.log', '--subject', 'jane']).stdout).to.include('nonResourceURLs');
    expect(propose(['audit.log', '--namespace', 'bank'])).to.include({ status: 2 });
    expect(propose(['audit.log', '--namespace', 'shop'])).to.include({ status: 0 });
  });

  it('says what to write instead of an option that is wrong', () => {
    expect(propose(['audit.log', '--since', 'yesterday']).stderr).to.include('write "30d"');
    expect(propose(['audit.log', '--approve', 'everything']).stderr).to.include('write one of admission, api-services');
    expect(propose(['audit.log', '--max-names', 'x']).stderr).to.include('write a number');
  });
});
