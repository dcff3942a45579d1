import { expect } from 'chai';
import { useWorkplace } from '../run.ts';

const POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Request
  users: [alice, deployer]
  verbs: [create, update, patch, delete]
  resources: [{group: apps}]
- level: Metadata
`;
const event = (user: string, impersonated?: string): string =>
  JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    auditID: 'x',
    stage: 'ResponseComplete',
    level: 'Metadata',
    user: { username: user, groups: [] },
    ...(impersonated === undefined ? {} : { impersonatedUser: { username: impersonated, groups: [] } }),
  });

describe('audit lint --audit-log', () => {
  const at = useWorkplace();
  beforeEach(() => at().write({ 'policy.yaml': POLICY }));
  const run = (...logs: readonly string[]) =>
    at().run(['audit', 'lint', ...logs.map((log) => `--audit-log=${log}`), 'policy.yaml']);

  it('finds users that events know only as impersonated, the last line without an end included', async () => {
    at().write({ 'a.log': `${event('alice')}\n${event('ci', 'deployer')}` });
    const { code, out } = await run('a.log');
    expect(code).to.equal(1);
    expect(out).to.match(/warning +policy\.yaml:5:18 +impersonated-only +deployer was seen only as somebody .*: ci\n$/);
  });

  it('says nothing of one who authenticates in another log', async () => {
    at().write({ 'a.log': `${event('ci', 'deployer')}\n`, 'b.log': `${event('deployer')}\n` });
    expect(await run('a.log', 'b.log')).to.include({ code: 0, out: '' });
  });

  it('passes over lines that are no events, and says how many', async () => {
    at().write({ 'a.log': `{\n\n[7]\n${event('alice')}\n` });
    const { code, err } = await run('a.log');
    expect([code, /^a\.log: 3 lines are no audit events/.test(err)]).to.deep.equal([0, true]);
  });

  it('refuses a log without an event, one that is not there, and one that is a single line', async () => {
    at().write({ 'a.log': 'hello\n', 'c.log': Buffer.alloc(17 * 1024 * 1024, 'x') });
    for (const [file, said] of [
      ['a.log', 'it holds no audit event'],
      ['b.log', 'no such file'],
      ['.', 'directory'],
      ['c.log', 'more than 16777216 bytes in one piece'],
    ] as const) {
      const { code, out, err } = await run(file);
      expect([code, out], file).to.deep.equal([2, '']);
      expect(err).to.contain(`error: --audit-log ${file}: `).and.to.contain(said);
    }
  });
});
