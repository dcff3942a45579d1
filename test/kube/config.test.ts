import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ClusterAccess, Credentials } from '../../src/kube/config.ts';
import { cached, fingerprintOf, loadClusterAccess } from '../../src/kube/config.ts';
import { caught } from './caught.ts';

describe('Cluster access', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'drawbridge-config-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const kubeconfig = (user: object, cluster: object = {}): string => {
    const path = join(dir, 'kubeconfig');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443/', ...cluster } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    writeFileSync(path, JSON.stringify(config));
    return path;
  };
  const load = (user: object, cluster: object = {}, now?: () => number): ClusterAccess =>
    loadClusterAccess({ kubeconfig: kubeconfig(user, cluster), ...(now === undefined ? {} : { now }) });

  it('takes another context than the current one, and says which there are', () => {
    const path = kubeconfig({ token: 't' });
    const config = JSON.parse(readFileSync(path, 'utf8'));
    config.clusters.push({ name: 'd', cluster: { server: 'https://10.0.0.2:6443' } });
    config.contexts.push({ name: 'y', context: { cluster: 'd', user: 'u' } });
    writeFileSync(path, JSON.stringify(config));
    expect(loadClusterAccess({ kubeconfig: path, context: 'y' }).server).to.equal('https://10.0.0.2:6443');
    const unknown = () => loadClusterAccess({ kubeconfig: path, context: 'z' });
    expect(unknown).to.throw('the kubeconfig has no context "z": it has x, y');
  });

  it('says where the server is', () => {
    const access = load({ token: 't' });
    expect([access.server, access.host]).to.deep.equal(['https://10.0.0.1:6443', '10.0.0.1:6443']);
  });

  it('passes on a token, basic credentials and impersonation as headers', async () => {
    expect((await load({ token: 't' }).credentials()).headers).to.deep.equal({ authorization: 'Bearer t' });
    const basic = await load({ username: 'a', password: 'b' }).credentials();
    expect(basic.headers).to.deep.equal({ authorization: `Basic ${Buffer.from('a:b').toString('base64')}` });
    const impersonating = await load({ token: 't', as: 'other' }).credentials();
    expect(impersonating.headers['impersonate-user']).to.equal('other');
  });

  it('reads the token of a tokenFile, anew after 60 seconds or for a refresh, before a token', async () => {
    let nowMs = 0;
    const file = join(dir, 'token');
    writeFileSync(file, 't1\n');
    const access = load({ tokenFile: 'token', token: 'other' }, {}, () => nowMs);
    expect((await access.credentials()).headers).to.deep.equal({ authorization: 'Bearer t1' });
    writeFileSync(file, 't2\n');
    nowMs = 60_000;
    expect((await access.credentials()).headers).to.deep.equal({ authorization: 'Bearer t2' });
    writeFileSync(file, 't3\n');
    nowMs = 62_000;
    expect((await access.credentials({ refresh: true })).headers).to.deep.equal({ authorization: 'Bearer t3' });
  });

  it('does not go on as anonymous when a tokenFile is missing or empty', async () => {
    expect(await caught(load({ tokenFile: join(dir, 'none') }).credentials())).to.match(/ENOENT.*none/);
    writeFileSync(join(dir, 'token'), '\n');
    expect(await caught(load({ tokenFile: 'token' }).credentials())).to.match(/token file .*token is empty/);
  });

  for (const [field, value, instead] of [
    ['auth-provider', { name: 'unheard-of' }, 'name a plugin under exec'],
    ['as-groups', ['system:masters'], 'impersonate by as alone'],
    ['as-uid', '1', 'impersonate by as alone'],
    ['as-user-extra', { scopes: ['view'] }, 'impersonate by as alone'],
  ] as const) {
    it(`refuses ${field}, and says what to write instead`, () => {
      expect(() => load({ as: 'other', token: 't', [field]: value })).to.throw(`${field} in the kubeconfig`);
      expect(() => load({ as: 'other', token: 't', [field]: value })).to.throw(instead);
    });
  }

  it('refuses a context without a user instead of going on as anonymous', () => {
    const path = kubeconfig({ token: 't' });
    writeFileSync(path, readFileSync(path, 'utf8').replace('"name":"u"', '"name":"other"'));
    expect(() => loadClusterAccess({ kubeconfig: path })).to.throw('the kubeconfig\'s context "x" names no user');
  });

  it('passes on TLS options, from data and files, and no others', async () => {
    writeFileSync(join(dir, 'cert.pem'), 'cert');
    const user = { 'client-certificate': 'cert.pem', 'client-key-data': Buffer.from('key').toString('base64') };
    const cluster = {
      'certificate-authority-data': Buffer.from('ca').toString('base64'),
      'tls-server-name': 'kubernetes',
    };
    const { tls } = await load(user, cluster).credentials();
    expect(Object.fromEntries(Object.entries(tls).map(([name, value]) => [name, String(value)]))).to.deep.equal({
      ca: 'ca',
      cert: 'cert',
      key: 'key',
      servername: 'kubernetes',
    });
    expect((await load({}, { 'insecure-skip-tls-verify': true }).credentials()).tls).to.deep.equal({
      rejectUnauthorized: false,
    });
  });

  it('reads files anew after 60 seconds, which shows in the fingerprint', async () => {
    let nowMs = 0;
    const ca = join(dir, 'ca.pem');
    writeFileSync(ca, 'old');
    const access = load({ token: 't' }, { 'certificate-authority': ca }, () => nowMs);
    const first = await access.credentials();
    writeFileSync(ca, 'new');
    nowMs = 59_999;
    expect((await access.credentials()).fingerprint).to.equal(first.fingerprint);
    nowMs = 60_000;
    const second = await access.credentials();
    expect(second.fingerprint).not.to.equal(first.fingerprint);
    expect(String(second.tls.ca)).to.equal('new');
  });

  it('runs an exec plugin, and runs it again for a refresh', async () => {
    let nowMs = 0;
    const script = join(dir, 'plugin.sh');
    const count = join(dir, 'count');
    writeFileSync(
      script,
      `#!/bin/sh\necho x >> ${count}\nprintf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t%s","expirationTimestamp":"2999-01-01T00:00:00Z"}}' "$(wc -l < ${count} | tr -d ' ')"`,
      { mode: 0o755 },
    );
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: script, interactiveMode: 'Never' };
    const access = load({ exec }, {}, () => nowMs);
    expect((await access.credentials()).headers.authorization).to.equal('Bearer t1');
    nowMs = 120_000;
    expect((await access.credentials()).headers.authorization).to.equal('Bearer t1');
    nowMs = 130_000;
    expect((await access.credentials({ refresh: true })).headers.authorization).to.equal('Bearer t2');
  });

  it('refuses what it cannot do, in words', () => {
    expect(() => load({}, { server: 'http://localhost:8080' })).to.throw(/no cluster found: set --kubeconfig/);
    expect(() => load({}, { 'proxy-url': 'http://proxy:3128' })).to.throw(/proxy-url/);
    expect(() => loadClusterAccess({ kubeconfig: join(dir, 'none') })).to.throw(/none/);
    const path = join(dir, 'kubeconfig');
    writeFileSync(
      path,
      '{"apiVersion":"v1","kind":"Config","current-context":"y","clusters":[],"contexts":[],"users":[]}',
    );
    expect(() => loadClusterAccess({ kubeconfig: path })).to.throw(/context "y" names no cluster/);
  });
});

describe('Cached credentials', () => {
  const credentials = (token: string): Credentials => ({ headers: { token }, tls: {}, fingerprint: '' });

  it('share one read among concurrent calls, and one refresh among those that come within a second', async () => {
    const reads: boolean[] = [];
    let nowMs = 0;
    const get = cached(
      async (refresh) => {
        reads.push(refresh);
        return credentials(String(reads.length));
      },
      () => nowMs,
    );
    await Promise.all([get(), get(), get()]);
    expect(reads).to.deep.equal([false]);
    nowMs = 5_000;
    const refreshed = await Promise.all([get({ refresh: true }), get({ refresh: true }), get()]);
    expect(refreshed.map(({ headers }) => headers.token)).to.deep.equal(['2', '2', '2']);
    nowMs = 5_999;
    await get({ refresh: true });
    expect(reads).to.have.length(2);
    nowMs = 6_000;
    await get({ refresh: true });
    expect(reads).to.deep.equal([false, true, true]);
  });

  it('do not take a read that began before the refusal for a refresh', async () => {
    const reads: boolean[] = [];
    const get = cached(
      async (refresh) => {
        reads.push(refresh);
        await Promise.resolve();
        return credentials(refresh ? 'new' : 'old');
      },
      () => 0,
    );
    const [, refreshed] = await Promise.all([get(), get({ refresh: true })]);
    expect(refreshed.headers.token).to.equal('new');
    expect(reads).to.deep.equal([false, true]);
  });

  it('outlive a read that fails, but not a refresh that does', async () => {
    let nowMs = 0;
    let broken = false;
    const get = cached(
      async () => {
        if (broken) throw new Error('no such file');
        return credentials('good');
      },
      () => nowMs,
    );
    await get();
    broken = true;
    nowMs = 60_000;
    expect((await get()).headers.token).to.equal('good');
    nowMs = 70_000;
    expect(String(await caught(get({ refresh: true })))).to.contain('no such file');
  });

  it('are read anew when the clock goes back', async () => {
    let nowMs = 100_000;
    let reads = 0;
    const get = cached(
      async () => {
        reads += 1;
        return credentials('x');
      },
      () => nowMs,
    );
    await get();
    nowMs = 0;
    await get();
    expect(reads).to.equal(2);
  });

  it('have a fingerprint that tells where bytes belong', () => {
    expect(fingerprintOf({ ca: 'a', cert: 'b' })).not.to.equal(fingerprintOf({ ca: 'ab' }));
    expect(fingerprintOf({ ca: 'a' })).to.equal(fingerprintOf({ ca: Buffer.from('a') }));
    expect(fingerprintOf({ cert: 'a' })).not.to.equal(fingerprintOf({ key: 'a' }));
  });
});
