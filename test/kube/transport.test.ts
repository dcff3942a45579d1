import { getEventListeners } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { expect } from 'chai';
import type { ClusterAccess, Credentials } from '../../src/kube/config.ts';
import { fingerprintOf } from '../../src/kube/config.ts';
import { KubeError, UnreachableError } from '../../src/kube/errors.ts';
import type { ResponseNote, Transport, TransportOptions } from '../../src/kube/transport.ts';
import { createTransport } from '../../src/kube/transport.ts';
import { createCertificateAuthority } from '../support/controlPlane/certificates.ts';
import { eventually } from '../support/eventually.ts';
import type { FakeApiServer, FakeApiServerOptions } from '../support/fakeApiServer.ts';
import { plainAccess, startFakeApiServer } from '../support/fakeApiServer.ts';
import { caught } from './caught.ts';
import { POLICIES_PATH, policy, policyRoute } from './entries.ts';

describe('The transport', () => {
  const servers: FakeApiServer[] = [];
  const transports: Transport[] = [];
  const serve = async (options: FakeApiServerOptions = {}) => {
    const server = await startFakeApiServer(options);
    servers.push(server);
    return server;
  };
  const connect = (access: ClusterAccess, options: TransportOptions = {}) => {
    const transport = createTransport(access, options);
    transports.push(transport);
    return transport;
  };
  afterEach(async () => {
    await Promise.all(transports.splice(0).map((transport) => transport.close()));
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  it('sends query, headers and body, and reads JSON', async () => {
    const server = await serve();
    const transport = connect(server.access(), { userAgent: 'drawbridge/test' });
    const query = { fieldManager: 'a b&c', labelSelector: 'x in (y,z)' };
    const made = await transport.json<{ metadata: { uid: string } }>({
      method: 'POST',
      path: '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies',
      query,
      body: policy('a'),
    });
    expect(made.metadata.uid).to.be.a('string');
    const [seen] = server.requests;
    expect(Object.fromEntries(seen?.query ?? [])).to.deep.equal(query);
    expect(seen?.body).to.deep.equal(policy('a'));
    expect(seen?.headers).to.include({
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': 'drawbridge/test',
    });
  });

  it('keeps a path prefix of the server', async () => {
    const server = await serve();
    const access = plainAccess(`${server.url}/k8s/clusters/c-1`);
    server.fail(() => true, { type: 'raw', status: 200, text: '{}' });
    await connect(access).json({ method: 'GET', path: '/api' });
    expect(server.requests[0]?.path).to.equal('/k8s/clusters/c-1/api');
  });

  it('uses at most 16 connections for 1,000 requests at once', async () => {
    const server = await serve();
    server.world.put(policyRoute('a'), policy('a'));
    const transport = connect(server.access());
    const get = () =>
      transport.json({ method: 'GET', path: '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies/a' });
    await Promise.all(Array.from({ length: 1_000 }, get));
    expect(server.requests).to.have.length(1_000);
    expect(server.accepted()).to.be.at.most(16);
  });

  it('takes credentials anew after a 401 and tries again, once', async () => {
    const server = await serve();
    const refused = { type: 'status', status: 401, reason: 'Unauthorized' } as const;
    server.fail(({ headers }) => headers.authorization !== 'Bearer new', refused, 99);
    let token = 'old';
    const access = withToken(
      server,
      () => token,
      (next) => {
        token = next;
      },
    );
    const transport = connect(access);
    await transport.json({ method: 'GET', path: POLICIES_PATH });
    expect(server.requests.map(({ headers }) => headers.authorization)).to.deep.equal(['Bearer old', 'Bearer new']);

    server.fail(() => true, refused, 99);
    const error = await caught(transport.json({ method: 'GET', path: POLICIES_PATH }));
    expect(error).to.be.instanceOf(KubeError);
    expect(server.requests).to.have.length(4);
  });

  it('makes its connections anew when the CA changes', async () => {
    const [oldCa, newCa] = [createCertificateAuthority('old'), createCertificateAuthority('new')];
    const leaf = newCa.issue({ commonName: 'server', hosts: ['127.0.0.1'] });
    const server = await serve({ tls: { cert: leaf.certPem, key: leaf.keyPem } });
    let ca = oldCa.certPem;
    const access: ClusterAccess = {
      ...server.access(),
      credentials: () => Promise.resolve({ headers: {}, tls: { ca }, fingerprint: fingerprintOf({ ca }) }),
    };
    const transport = connect(access);
    const error = await caught(transport.json({ method: 'GET', path: POLICIES_PATH }));
    expect(error).to.be.instanceOf(UnreachableError);
    ca = newCa.certPem;
    await transport.json({ method: 'GET', path: POLICIES_PATH });
    await transport.json({ method: 'GET', path: POLICIES_PATH });
    const secured = server.requests.length;
    expect(secured).to.equal(2);
    const before = server.accepted();
    ca = `${newCa.certPem}${oldCa.certPem}`;
    await transport.json({ method: 'GET', path: POLICIES_PATH });
    expect(server.accepted()).to.equal(before + 1);
    await eventually(() => expect(server.open()).to.equal(1));
  });

  it('says what the server said, and how long to wait', async () => {
    const server = await serve();
    server.fail(() => true, {
      type: 'status',
      status: 429,
      reason: 'TooManyRequests',
      message: 'slow down',
      headers: { 'retry-after': '7' },
    });
    const error = (await caught(connect(server.access()).json({ method: 'GET', path: POLICIES_PATH }))) as KubeError;
    expect(error.message).to.equal(`429 TooManyRequests GET ${POLICIES_PATH}: slow down`);
    expect(error.retryAfterMs).to.equal(7_000);
  });

  it('keeps a body that is no Status, and all headers, out of its errors', async () => {
    const server = await serve();
    server.fail(() => true, { type: 'raw', status: 502, text: '<html>secret</html>' });
    const access = withToken(
      server,
      () => 'hush',
      () => undefined,
    );
    const request = { method: 'PUT', path: '/api/v1/x', body: { data: 'secret' } } as const;
    const error = (await caught(connect(access).json(request))) as KubeError;
    expect(error.message).to.equal('502 Unknown PUT /api/v1/x');
    expect(JSON.stringify(error)).not.to.match(/secret|hush/);
  });

  it('tells a connection that is refused, reset or silent by its code', async () => {
    const server = await serve();
    const transport = connect(server.access());
    server.fail(() => true, { type: 'reset' });
    const reset = (await caught(transport.json({ method: 'GET', path: '/api' }))) as UnreachableError;
    expect(reset.code).to.be.oneOf(['UND_ERR_SOCKET', 'ECONNRESET']);
    server.fail(() => true, { type: 'hang' });
    const silent = await caught(transport.json({ method: 'GET', path: '/api', timeoutMs: 50 }));
    expect(silent).to.include({ code: 'TIMEOUT', name: 'UnreachableError' });
    const nobody = connect(plainAccess('http://127.0.0.1:1'));
    expect(await caught(nobody.json({ method: 'GET', path: '/api' }))).to.include({ code: 'ECONNREFUSED' });
  });

  it('calls an answer that is no JSON malformed', async () => {
    const server = await serve();
    server.fail(() => true, { type: 'raw', status: 200, text: '{"a":' });
    expect(await caught(connect(server.access()).json({ method: 'GET', path: '/api' }))).to.include({
      code: 'MALFORMED',
    });
  });

  it('counts every answer, and every lack of one', async () => {
    const server = await serve();
    const notes: ResponseNote[] = [];
    const transport = connect(server.access(), { onResponse: (note) => notes.push(note) });
    await transport.json({ method: 'GET', path: POLICIES_PATH });
    await caught(transport.json({ method: 'PUT', path: `${POLICIES_PATH}/none` }));
    server.fail(() => true, { type: 'reset' });
    await caught(transport.json({ method: 'GET', path: '/api' }));
    server.fail(() => true, { type: 'hang' });
    await caught(transport.json({ method: 'POST', path: '/api', timeoutMs: 50 }));
    const nobody = connect(plainAccess('http://127.0.0.1:1'), { onResponse: (note) => notes.push(note) });
    await caught(nobody.json({ method: 'DELETE', path: '/api' }));
    expect(notes.map(({ method, code }) => `${method} ${code}`)).to.deep.equal([
      'GET 200',
      'PUT 404',
      'GET <error>',
      'POST <error>',
      'DELETE <error>',
    ]);
    expect(notes[0]?.host).to.equal(new URL(server.url).host);
  });

  it('fails with the reason of its signal, before and while it is under way', async () => {
    const server = await serve();
    const transport = connect(server.access());
    const early = AbortSignal.abort(new Error('early'));
    expect(await caught(transport.json({ method: 'GET', path: '/api', signal: early }))).to.have.property(
      'message',
      'early',
    );
    server.fail(() => true, { type: 'hang' });
    const late = new AbortController();
    const call = caught(transport.json({ method: 'GET', path: '/api', signal: late.signal }));
    await eventually(() => expect(server.requests).to.have.length(1));
    late.abort(new Error('late'));
    expect(await call).to.have.property('message', 'late');
    await eventually(() => expect(server.open()).to.equal(0));
  });

  it('does not send what was aborted while it waited for a connection', async () => {
    const server = await serve();
    server.fail(({ path }) => path === '/hang', { type: 'hang' });
    const transport = connect(server.access(), { connections: 1 });
    const first = new AbortController();
    const second = new AbortController();
    const calls = [
      caught(transport.json({ method: 'GET', path: '/hang', signal: first.signal })),
      caught(transport.json({ method: 'DELETE', path: `${POLICIES_PATH}/a`, signal: second.signal })),
    ];
    await eventually(() => expect(server.requests).to.have.length(1));
    second.abort(new Error('no'));
    first.abort(new Error('no'));
    await Promise.all(calls);
    await transport.json({ method: 'GET', path: POLICIES_PATH });
    expect(server.requests.map(({ method }) => method)).to.deep.equal(['GET', 'GET']);
  });

  it('streams on a connection of its own, which it closes when the reader leaves', async () => {
    const server = await serve();
    const transport = connect(server.access());
    await transport.json({ method: 'GET', path: POLICIES_PATH });
    const query = { watch: 'true', resourceVersion: '100' };
    const stream = await transport.stream({ method: 'GET', path: POLICIES_PATH, query });
    expect(server.open()).to.equal(2);
    server.world.put(policyRoute('a'), policy('a'));
    for await (const chunk of stream) {
      expect(chunk.toString()).to.contain('"ADDED"');
      break;
    }
    await eventually(() => expect(server.open()).to.equal(1));
  });

  it('fails a stream that the server refuses or cuts', async () => {
    const server = await serve();
    const transport = connect(server.access());
    const query = { watch: 'true', resourceVersion: '100' };
    server.fail(() => true, { type: 'status', status: 403 });
    expect(await caught(transport.stream({ method: 'GET', path: POLICIES_PATH, query }))).to.have.property(
      'status',
      403,
    );
    const stream = await transport.stream({ method: 'GET', path: POLICIES_PATH, query });
    server.watches.cut('reset');
    const read = async () => {
      for await (const _ of stream) expect.fail('nothing was sent');
    };
    expect(await caught(read())).to.be.instanceOf(UnreachableError);
  });

  it('leaves nothing open once closed, and refuses what comes then', async () => {
    const server = await serve();
    const transport = connect(server.access());
    await transport.stream({ method: 'GET', path: POLICIES_PATH, query: { watch: 'true', resourceVersion: '100' } });
    server.fail(({ path }) => path === '/hang', { type: 'hang' });
    const hanging = caught(transport.json({ method: 'GET', path: '/hang' }));
    await eventually(() => expect(server.requests).to.have.length(2));
    await transport.close();
    expect(await hanging).to.include({ code: 'CLOSED' });
    expect(await caught(transport.json({ method: 'GET', path: '/api' }))).to.include({ code: 'CLOSED' });
    await eventually(() => expect(server.open()).to.equal(0));
  });

  it('gives up a connection that is being made when its stream is cancelled', async () => {
    const sockets: Socket[] = [];
    // Accepts, and never answers the TLS handshake.
    const mute = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as AddressInfo;
    const transport = connect(plainAccess(`https://127.0.0.1:${port}`));
    const never = () => expect.fail('nothing was sent');
    const reader = { onData: never, onEnd: never, onError: never };
    const cancel = transport.follow({ method: 'GET', path: POLICIES_PATH }, reader);
    await eventually(() => expect(sockets).to.have.length(1));
    const closed = new Promise((resolve) => sockets[0]?.on('close', resolve).resume());
    cancel();
    await closed;
    await new Promise((resolve) => mute.close(resolve));
  }).timeout(2_000);

  it('says so when there are no credentials', async () => {
    const access: ClusterAccess = {
      ...plainAccess('http://127.0.0.1:1'),
      credentials: () => Promise.reject(new Error('no such file')),
    };
    const error = await caught(connect(access).json({ method: 'GET', path: '/api' }));
    expect(error).to.include({ code: 'CREDENTIALS', message: 'CREDENTIALS GET /api: no such file' });
  });

  it('can share one signal among many requests without a warning', async () => {
    const server = await serve();
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const { signal } = new AbortController();
    const transport = connect(server.access());
    const list = () => transport.json({ method: 'GET', path: POLICIES_PATH, signal });
    await Promise.all(Array.from({ length: 50 }, list));
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('warning', onWarning);
    expect(warnings).to.deep.equal([]);
    expect(getEventListeners(signal, 'abort')).to.deep.equal([]);
  });
});

function withToken(server: FakeApiServer, token: () => string, setToken: (next: string) => void): ClusterAccess {
  const credentials = async ({ refresh = false } = {}): Promise<Credentials> => {
    if (refresh) setToken('new');
    return { headers: { authorization: `Bearer ${token()}` }, tls: {}, fingerprint: fingerprintOf({}) };
  };
  return { ...server.access(), credentials };
}
