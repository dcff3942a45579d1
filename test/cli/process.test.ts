import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { CLEAN_POLICY, POOR_POLICY, useWorkplace } from './run.ts';
import { BASELINE, below, GOOD } from './samples.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Through a shell, as people run it; `$drawbridge` is the command. */
function shell(script: string, cwd: string): Promise<Ended> {
  const env = { ...process.env, drawbridge: `${process.execPath} ${MAIN}`, NO_COLOR: '1' };
  const child = spawn('bash', ['-o', 'pipefail', '-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    written.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    written.err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...written }));
  });
}

describe('The process of a command', function () {
  this.timeout(30_000);
  const at = useWorkplace();
  beforeEach(() => at().write({ 'clean.yaml': CLEAN_POLICY, 'poor.yaml': POOR_POLICY }));
  const run = (script: string) => shell(script, at().directory);

  it('ends with its exit code, results on standard output, and the rest on standard error', async () => {
    const [clean, poor, missing] = await Promise.all(
      ['clean.yaml', '-o sarif poor.yaml', 'gone.yaml'].map((args) => run(`$drawbridge audit lint ${args}`)),
    );
    expect(clean).to.deep.equal({ code: 0, out: '', err: 'audit policies and sections: 1, found: nothing\n' });
    expect([poor?.code, JSON.parse(poor?.out ?? '').version]).to.deep.equal([1, '2.1.0']);
    expect(missing).to.deep.equal({ code: 2, out: '', err: 'error: gone.yaml: there is no such file or directory\n' });
  });

  it('is the audit receiver, which does not start where it would be open to anybody', async () => {
    const { code, out, err } = await run('$drawbridge audit-receiver --bind-address=127.0.0.1:0');
    expect([code, out]).to.deep.equal([2, '']);
    expect(err).to.contain('the audit webhook is served by TLS alone: give --tls-cert-file');
  });

  it('reads pipes, of a shell and of standard input', async () => {
    const { out, code } = await run('$drawbridge audit lint -o github - <(cat poor.yaml) < poor.yaml');
    expect(code).to.equal(1);
    expect(out.match(/title=unknown-verb/g)).to.have.lengthOf(2);
  });

  it('ends with 2 where its results are lost on a full disk', async () => {
    const rules = Array.from({ length: 300 }, (_, index) => `- {level: Metadata, verbs: [v${index}]}\n`).join('');
    writeFileSync(join(at().directory, 'long.yaml'), `${CLEAN_POLICY}${rules}`);
    const { code, err } = await run('ulimit -f 8; $drawbridge audit lint -o json long.yaml > report');
    expect(code).to.equal(2);
    expect(err).to.contain('error: EFBIG');
  });

  it('writes all of a long report into a pipe, also where nobody reads it to its end', async () => {
    const rules = Array.from({ length: 3_000 }, (_, index) => `- {level: Metadata, verbs: [v${index}]}\n`).join('');
    writeFileSync(join(at().directory, 'long.yaml'), `${CLEAN_POLICY}${rules}`);
    const [long, cut] = await Promise.all([
      run('$drawbridge audit lint -o json -o json=report long.yaml | cmp - report; echo "$PIPESTATUS"; wc -c < report'),
      run('$drawbridge audit lint -o json long.yaml | head -c 10; echo "ended with $PIPESTATUS"'),
    ]);
    const [code, bytes] = long.out.split('\n').map(Number);
    expect([code, (bytes ?? 0) > 300_000, long.code]).to.deep.equal([1, true, 0]);
    expect(cut.out).to.match(/ended with 1\n$/);
    expect(cut.err).to.not.match(/EPIPE|Error/);
  });

  it('ends with 2 where a device takes nothing, in whichever way it is written to', async () => {
    const ends = await Promise.all(
      ['-o json poor.yaml > /dev/full', '-o json=/dev/full poor.yaml', 'poor.yaml > /dev/full'].map((args) =>
        run(`$drawbridge audit lint ${args}`),
      ),
    );
    for (const { code, out, err } of ends) {
      expect([code, out], err).to.deep.equal([2, '']);
      expect(err).to.match(/error: .*ENOSPC/);
    }
  });

  it('ends as it would where nobody reads what is said, on either stream', async () => {
    // A pipe whose reader has ended before anything is written into it; something is said before all is read.
    const gone = 'exec 3> >(:); wait $!; $drawbridge diff a b';
    const rendered = BASELINE.replace('[Ingress]', '[Egress]');
    at().write({ ...below('a', GOOD), 'a/ci.yml': 'a: [', ...below('b', { ...GOOD, 'baseline.yaml': rendered }) });
    const [said, shown] = [await run(`${gone} 2>&3`), await run(`${gone} >&3`)];
    expect([said.code, shown.code], `${said.err}${shown.err}`).to.deep.equal([1, 1]);
    expect(shown.err).to.match(/^passed over .*ci.yml\ndifferences: 1\n$/);
    const closed = await run(
      '$drawbridge audit lint poor.yaml >&-; echo "ended with $?"; $drawbridge audit lint poor.yaml 2>&-',
    );
    expect([closed.out.split('\n')[0], closed.code]).to.deep.equal(['ended with 1', 1]);
  });

  it('ends with 2 where there is nothing on standard input, or none at all', async () => {
    at().write(GOOD);
    for (const stdin of ['</dev/null', '<&-', '< <(exit 1)']) {
      const { code, out, err } = await run(`$drawbridge check baseline.yaml - ${stdin}`);
      expect([code, out, err], stdin).to.deep.equal([2, '', 'error: there is no object on standard input\n']);
    }
    const directory = await run('$drawbridge check baseline.yaml - < .');
    expect([directory.code, directory.err]).to.deep.equal([
      2,
      'error: standard input: EISDIR: illegal operation on a directory, read\n',
    ]);
  });

  it('ends by SIGINT, which a shell shows as 130', async () => {
    spawnSync('mkfifo', [join(at().directory, 'pipe')]);
    const child = spawn(process.execPath, [MAIN, 'check', 'pipe'], { cwd: at().directory, stdio: 'ignore' });
    const ended = once(child, 'close');
    // Open as soon as the command reads from it.
    const pipe = await open(join(at().directory, 'pipe'), 'w');
    child.kill('SIGINT');
    expect(await ended).to.deep.equal([null, 'SIGINT']);
    await pipe.close();
  });
});
