import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { loadClusterAccess } from '../../src/kube/config.ts';
import type { KubeError } from '../../src/kube/errors.ts';
import { UnreachableError } from '../../src/kube/errors.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { createTransport } from '../../src/kube/transport.ts';
import { caught } from '../kube/caught.ts';
import { policy, policyRoute } from '../kube/entries.ts';
import { createCertificateAuthority } from './controlPlane/certificates.ts';
import { writeKubeconfig } from './controlPlane/kubeconfig.ts';
import { eventually } from './eventually.ts';
import type { FakeApiServer } from './fakeApiServer.ts';
import { startFakeApiServer } from './fakeApiServer.ts';
import { proxiedRequestOf } from './faultProxy/request.ts';
import type { Fault, FaultProxy, LoggedRequest, Match, Schedule } from './faultProxy.ts';
import { peakPerSecond, scheduleOf, startFaultProxy, summary } from './faultProxy.ts';

const PATH = '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies';

const refusal = async (call: Promise<unknown>): Promise<KubeError> => (await caught(call)) as KubeError;
const failure = async (call: Promise<unknown>): Promise<UnreachableError> => (await caught(call)) as UnreachableError;

/** A watch as a client reads it. */
interface Followed {
  text(): string;
  readonly ended: Promise<unknown>;
  isOver(): boolean;
  cancel(): void;
}

describe('The fault proxy', () => {
  const authority = createCertificateAuthority('upstream');
  const pair = authority.issue({ commonName: 'upstream', hosts: ['127.0.0.1'] });
  let dir: string;
  let server: FakeApiServer;
  let proxy: FaultProxy;
  let client: Transport;
  const clients: Transport[] = [];

  const connect = async (to: FaultProxy, userAgent = 'tester'): Promise<Transport> => {
    const path = join(dir, 'kubeconfig');
    writeKubeconfig(path, 'https://127.0.0.1:1', 'nobody', { token: 'secret' });
    const transport = createTransport(loadClusterAccess({ kubeconfig: await to.kubeconfig(path) }), { userAgent });
    clients.push(transport);
    return transport;
  };
  const get = (name: string) => client.json<{ readonly spec: object }>({ method: 'GET', path: `${PATH}/${name}` });
  const create = (name: string) => client.json({ method: 'POST', path: PATH, body: policy(name) });
  const put = (name: string, spec: object = {}) => server.world.put(policyRoute(name), policy(name, spec));
  const live = (name: string) => server.world.get(policyRoute(name));
  const follow = (version = String(server.world.version()), more: Readonly<Record<string, string>> = {}): Followed => {
    let text = '';
    let over = false;
    const { promise: ended, resolve } = Promise.withResolvers<unknown>();
    const end = (how: unknown): void => {
      over = true;
      resolve(how);
    };
    const query = { watch: 'true', resourceVersion: version, ...more };
    const cancel = client.follow(
      { method: 'GET', path: '/apis/networking.k8s.io/v1/networkpolicies', query },
      {
        onData: (chunk) => {
          text += chunk.toString();
        },
        onEnd: () => end('end'),
        onError: end,
      },
    );
    return { text: () => text, ended, isOver: () => over, cancel };
  };
  /** `ADDED a, MODIFIED a`: throws unless every line is whole. */
  const told = (watch: Followed): string =>
    watch
      .text()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
      .map(({ type, object }) => `${type} ${object.metadata?.name ?? object.code}`)
      .join(', ');
  const untilTold = (watch: Followed, what: string) =>
    eventually(() => expect(told(watch)).to.equal(what), { everyMs: 5 });
  const untilWatched = (count = 1) => eventually(() => expect(proxy.watches()).to.have.length(count), { everyMs: 5 });
  const watched = async (): Promise<Followed> => {
    const watch = follow();
    await untilWatched();
    put('first');
    await untilTold(watch, 'ADDED first');
    return watch;
  };
  const refused = (match: Match, status: 403 | 500 = 500) => proxy.inject({ match, fault: { type: 'refuse', status } });

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'drawbridge-faultproxy-'));
    server = await startFakeApiServer({ tls: { cert: pair.certPem, key: pair.keyPem } });
    proxy = await startFaultProxy({ controlPlane: { url: server.url, caPem: authority.certPem } });
    client = await connect(proxy);
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((transport) => transport.close()));
    await proxy.stop();
    await server.close();
    rmSync(dir, { recursive: true });
  });

  it('changes nothing without a fault, and keeps connections to both sides', async () => {
    for (let turn = 0; turn < 20; turn += 1) await create(`p${turn}`);
    const list = await client.json<{ readonly items: readonly unknown[] }>({ method: 'GET', path: PATH });
    expect(list.items).to.have.length(20);
    expect((await refusal(get('absent'))).status).to.equal(404);
    const [seen] = server.requests;
    expect(seen?.headers.authorization).to.equal('Bearer secret');
    expect(seen?.headers['user-agent']).to.equal('tester');
    // undici's pool may open a second one before the first is free.
    expect(proxy.open().clients).to.be.at.most(2);
    expect(proxy.open().upstream).to.equal(1);
    expect(server.accepted()).to.equal(1);
  });

  it('passes a watch on as it comes, and ends it with either side', async () => {
    const watch = await watched();
    put('first', { changed: true });
    await untilTold(watch, 'ADDED first, MODIFIED first');
    watch.cancel();
    await eventually(() => expect(server.watches.count()).to.equal(0));
    await untilWatched(0);
    const second = follow();
    await untilWatched();
    server.watches.cut('close');
    expect(await second.ended).to.equal('end');
  });

  it('passes a large list on whole, at the pace of its reader', async () => {
    for (let index = 0; index < 40; index += 1) put(`p${index}`, { text: 'ü'.repeat(100_000) });
    const list = await client.json<{ readonly items: readonly unknown[] }>({ method: 'GET', path: PATH });
    expect(list.items).to.have.length(40);
    const watch = follow('0', { sendInitialEvents: 'true' });
    await eventually(() => expect(told(watch).split(', ')).to.have.length(41));
  });

  for (const [status, reason] of [
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
    [409, 'Conflict'],
    [410, 'Expired'],
    [429, 'TooManyRequests'],
    [500, 'InternalError'],
    [503, 'ServiceUnavailable'],
  ] as const) {
    it(`answers ${status} with a Status, on the same connection, and forwards nothing`, async () => {
      const injected = proxy.inject({ match: {}, fault: { type: 'refuse', status } });
      const error = await refusal(create('a'));
      expect([error.status, error.reason, error.retryAfterMs]).to.deep.equal([
        status,
        reason,
        status === 429 ? 1_000 : undefined,
      ]);
      expect(live('a')).to.equal(undefined);
      // The client tries once more with fresh credentials after a 401.
      expect(injected.hits()).to.equal(status === 401 ? 2 : 1);
      await injected.lift();
      await create('a');
      expect(proxy.open().clients).to.be.at.most(2);
    });
  }

  it('says 429 with the Retry-After it was told, and AlreadyExists when that is the reason', async () => {
    proxy.inject({ match: { verbs: ['get'] }, fault: { type: 'refuse', status: 429, retryAfterSeconds: 7 } });
    expect((await refusal(get('a'))).retryAfterMs).to.equal(7_000);
    proxy.inject({ match: { verbs: ['create'] }, fault: { type: 'refuse', status: 409, reason: 'AlreadyExists' } });
    expect((await refusal(create('a'))).reason).to.equal('AlreadyExists');
  });

  it('delays a request before it is forwarded', async () => {
    const injected = proxy.inject({ match: {}, fault: { type: 'delay', ms: 60_000, before: 'request' } });
    const answer = create('a');
    await eventually(() => expect(injected.hits()).to.equal(1));
    await sleep(100);
    expect(live('a')).to.equal(undefined);
    await injected.lift();
    await answer;
    expect(live('a')).not.to.equal(undefined);
  });

  it('delays an answer after the request was carried out', async () => {
    const startedMs = performance.now();
    proxy.inject({ match: {}, fault: { type: 'delay', ms: 400, before: 'answer' } });
    const answer = create('a');
    await eventually(() => expect(live('a')).not.to.equal(undefined), { everyMs: 5 });
    await answer;
    expect(performance.now() - startedMs).to.be.at.least(395);
  });

  it('cuts a list after so many bytes', async () => {
    for (let index = 0; index < 20; index += 1) put(`p${index}`);
    for (const afterBytes of [0, 1, 700]) {
      const injected = proxy.inject({ match: {}, fault: { type: 'cut', afterBytes }, times: 1 });
      let bytes = 0;
      const ended = Promise.withResolvers<unknown>();
      client.follow(
        { method: 'GET', path: PATH },
        {
          onData: (chunk) => {
            bytes += chunk.length;
          },
          onEnd: () => ended.resolve('end'),
          onError: ended.resolve,
        },
        'pooled',
      );
      expect(await ended.promise).to.be.instanceOf(UnreachableError);
      expect(bytes).to.equal(afterBytes);
      await injected.lift();
    }
    await client.json({ method: 'GET', path: PATH });
  });

  it('cuts a running watch after so many bytes more', async () => {
    const watch = await watched();
    const before = watch.text().length;
    proxy.inject({ match: { verbs: ['watch'] }, fault: { type: 'cut', afterBytes: 50 } });
    put('second');
    expect(await watch.ended).to.be.instanceOf(UnreachableError);
    expect(watch.text().length - before).to.equal(50);
    await eventually(() => expect(server.watches.count()).to.equal(0));
  });

  it('spares a running watch once the fault is lifted', async () => {
    const watch = await watched();
    const faults: readonly Fault[] = [
      { type: 'cut', afterBytes: 50 },
      { type: 'truncate' },
      { type: 'closeWatches', everyMs: 100 },
    ];
    await Promise.all(faults.map((fault) => proxy.inject({ match: {}, fault }).lift()));
    await sleep(150);
    put('second');
    await untilTold(watch, 'ADDED first, ADDED second');
  });

  it('truncates the next line of a watch and ends it cleanly', async () => {
    const watch = await watched();
    proxy.inject({ match: { verbs: ['watch'] }, fault: { type: 'truncate' } });
    await sleep(50);
    expect(watch.isOver()).to.equal(false);
    put('second');
    expect(await watch.ended).to.equal('end');
    const [, second = ''] = watch.text().split('\n');
    expect(second).to.match(/^\{"type":"ADDED","object":\{/);
    expect(() => JSON.parse(second)).to.throw(SyntaxError);
  });

  it('freezes what runs and what comes, and goes on where it stopped', async () => {
    const watch = await watched();
    const injected = proxy.inject({ match: {}, fault: { type: 'freeze', after: 'thaw' } });
    put('second');
    const answer = get('first');
    await eventually(() => expect(injected.hits()).to.equal(2));
    await sleep(100);
    expect([told(watch), watch.isOver()]).to.deep.equal(['ADDED first', false]);
    await injected.lift();
    await answer;
    await untilTold(watch, 'ADDED first, ADDED second');
  });

  it('freezes for good, while others go on', async () => {
    const watch = await watched();
    const injected = proxy.inject({ match: { verbs: ['watch'] }, fault: { type: 'freeze', after: 'dead' } });
    const late = follow();
    await eventually(() => expect(injected.hits()).to.equal(2));
    await injected.lift();
    const fresh = follow();
    await untilWatched(2);
    put('second');
    await untilTold(fresh, 'ADDED second');
    expect([told(watch), late.text(), watch.isOver(), late.isOver()]).to.deep.equal(['ADDED first', '', false, false]);
    for (const each of [watch, late, fresh]) each.cancel();
    await eventually(() => expect(proxy.open().clients).to.equal(0));
  });

  it('hides from a frozen client that the server went, until it thaws', async () => {
    const watch = await watched();
    const injected = proxy.inject({ match: {}, fault: { type: 'freeze', after: 'thaw' } });
    server.watches.cut('reset');
    await sleep(100);
    expect(watch.isOver()).to.equal(false);
    await injected.lift();
    expect(await watch.ended).to.be.instanceOf(UnreachableError);
  });

  it('closes every watch so often, between two events', async () => {
    const first = await watched();
    const injected = proxy.inject({ match: {}, fault: { type: 'closeWatches', everyMs: 50 } });
    expect(await first.ended).to.equal('end');
    for (let turn = 0; turn < 3; turn += 1) {
      const startedMs = performance.now();
      const watch = follow();
      await untilWatched();
      put(`turn-${turn}`);
      expect(await watch.ended).to.equal('end');
      expect(performance.now() - startedMs).to.be.at.least(45);
      expect(told(watch)).to.equal(`ADDED turn-${turn}`);
    }
    expect(injected.hits()).to.equal(4);
    await get('first');
  });

  it('loses the answer of a write that happened', async () => {
    proxy.inject({ match: { verbs: ['create'] }, fault: { type: 'loseAnswer' } });
    expect(await caught(create('a'))).to.be.instanceOf(UnreachableError);
    expect(live('a')).not.to.equal(undefined);
    expect(proxy.requests().map(({ code, fault }) => [code, fault])).to.deep.equal([[undefined, 'loseAnswer']]);
    await get('a');
    proxy.inject({ match: { verbs: ['update'] }, fault: { type: 'loseAnswer', heldMs: 200 } });
    const lost = caught(client.json({ method: 'PUT', path: `${PATH}/a`, body: policy('a', { changed: true }) }));
    await sleep(100);
    expect(live('a')?.spec).to.deep.equal({});
    expect(await lost).to.be.instanceOf(UnreachableError);
    expect(live('a')?.spec).to.deep.equal({ changed: true });
  });

  it('replays a watch from a version it saw before', async () => {
    const watch = await watched();
    put('second');
    put('first', { changed: true });
    await untilTold(watch, 'ADDED first, ADDED second, MODIFIED first');
    const injected = proxy.inject({ match: {}, fault: { type: 'replay', versionsBack: 2 } });
    expect(await watch.ended).to.equal('end');
    const again = follow();
    await untilTold(again, 'ADDED second, MODIFIED first');
    again.cancel();
    await injected.lift();
    const calm = follow();
    await untilWatched();
    put('third');
    await untilTold(calm, 'ADDED third');
  });

  it('takes no object of a list for a place to begin again', async () => {
    put('listed');
    const version = server.world.version();
    const watch = follow('', { sendInitialEvents: 'true' });
    await eventually(() => expect(watch.text()).to.contain('initial-events-end'));
    put('second');
    await eventually(() => expect(watch.text()).to.contain('second'));
    proxy.inject({ match: {}, fault: { type: 'replay', versionsBack: 100 } });
    const again = follow();
    await untilTold(again, 'ADDED second');
    expect(server.requests.at(-1)?.query.get('resourceVersion')).to.equal(String(version));
  });

  it('says 410 to a watch as an event, to one that runs and to one that comes', async () => {
    const watch = await watched();
    proxy.inject({ match: {}, fault: { type: 'errorEvent', status: 410 } });
    expect(await watch.ended).to.equal('end');
    expect(told(watch)).to.equal('ADDED first, ERROR 410');
    const next = follow();
    expect(await next.ended).to.equal('end');
    expect(told(next)).to.equal('ERROR 410');
  });

  it('resets all connections at once', async () => {
    const watch = await watched();
    proxy.inject({ match: {}, fault: { type: 'delay', ms: 60_000, before: 'request' } });
    const answer = caught(get('first'));
    await eventually(() => expect(proxy.requests()).to.have.length(2));
    proxy.inject({ match: {}, fault: { type: 'reset' } });
    expect(await watch.ended).to.be.instanceOf(UnreachableError);
    expect(await answer).to.be.instanceOf(UnreachableError);
    await proxy.clear();
    await get('first');
  });

  it('refuses connections during an outage, and not after it', async () => {
    const watch = await watched();
    const outages = [1, 2].map(() => proxy.inject({ match: {}, fault: { type: 'outage' } }));
    expect(await watch.ended).to.be.instanceOf(UnreachableError);
    expect((await failure(get('first'))).code).to.equal('ECONNREFUSED');
    await outages[0]?.lift();
    expect((await failure(get('first'))).code).to.equal('ECONNREFUSED');
    await outages[1]?.lift();
    await get('first');
    proxy.inject({ match: {}, fault: { type: 'outage' } });
    await proxy.clear();
    await get('first');
  });

  it('hits only what matches', async () => {
    put('a');
    await refused({ verbs: ['watch'] }).lift();
    for (const match of [
      { verbs: ['list', 'create'] },
      { resources: ['roles'] },
      { namespace: 'other' },
      { namespace: '' },
      { name: 'b' },
      { subresource: 'status' },
      { userAgent: 'somebody' },
    ] as const) {
      const injected = refused(match);
      await get('a');
      expect(injected.hits(), JSON.stringify(match)).to.equal(0);
    }
    for (const match of [{}, { namespace: 'default', name: 'a', verbs: ['get'], userAgent: 'test' }] as const) {
      const injected = refused(match, 403);
      expect((await refusal(get('a'))).status).to.equal(403);
      await injected.lift();
    }
  });

  it('hits a share, the same one each time, and no more often than it was told', async () => {
    put('a');
    const outcomes = async (): Promise<string> => {
      const injected = proxy.inject({
        match: {},
        fault: { type: 'refuse', status: 500 },
        share: 0.3,
        times: 12,
      });
      const all: string[] = [];
      for (let turn = 0; turn < 60; turn += 1) {
        all.push(
          await get('a').then(
            () => '.',
            () => 'x',
          ),
        );
      }
      expect(injected.hits()).to.be.within(6, 12);
      await injected.lift();
      return all.join('');
    };
    expect(await outcomes()).to.equal(await outcomes());
    const once = proxy.inject({ match: {}, fault: { type: 'refuse', status: 500 }, times: 1 });
    await caught(get('a'));
    await get('a');
    expect(once.hits()).to.equal(1);
  });

  it('counts what it saw, with times and codes', async () => {
    await create('a');
    const sinceMs = performance.now();
    await caught(get('absent'));
    refused({ verbs: ['get'] });
    await caught(get('a'));
    const seen = proxy.requests(sinceMs);
    expect(
      seen.map(({ verb, resource, namespace, name, code, fault }) => ({
        verb,
        resource,
        namespace,
        name,
        code,
        fault,
      })),
    ).to.deep.equal([
      { verb: 'get', resource: 'networkpolicies', namespace: 'default', name: 'absent', code: 404, fault: undefined },
      { verb: 'get', resource: 'networkpolicies', namespace: 'default', name: 'a', code: 500, fault: 'refuse' },
    ]);
    expect(summary(proxy.requests())).to.equal(
      '1 × create networkpolicies 201, 1 × get networkpolicies 404, 1 × get networkpolicies 500',
    );
  });

  it('runs a schedule: each fault at its time, and all lifted at its end', async () => {
    put('a');
    const refusing = (status: 403 | 503): { readonly match: Match; readonly fault: Fault } => ({
      match: { verbs: ['get'] },
      fault: { type: 'refuse', status },
    });
    const schedule: Schedule = [
      { atMs: 300, forMs: 300, ...refusing(503) },
      { atMs: 0, forMs: 300, ...refusing(403) },
      { atMs: 0, forMs: 600, match: {}, fault: { type: 'reset' } },
    ];
    const codes = new Set<number>();
    let over = false;
    const run = proxy.run(schedule).then(() => {
      over = true;
    });
    while (!over) {
      codes.add(
        await get('a').then(
          () => 200,
          (error: KubeError) => error.status,
        ),
      );
      await sleep(5);
    }
    await run;
    expect([...codes].filter((code) => code !== 200 && code !== undefined)).to.deep.equal([403, 503]);
    await get('a');
  });

  it('ends a schedule early when it is told to, with all lifted', async () => {
    put('a');
    const abort = new AbortController();
    const run = proxy.run(
      [
        { atMs: 0, forMs: 60_000, match: {}, fault: { type: 'outage' } },
        { atMs: 30_000, forMs: 1, match: {}, fault: { type: 'reset' } },
      ],
      abort.signal,
    );
    expect(await caught(get('a'))).to.be.instanceOf(UnreachableError);
    abort.abort();
    await run;
    await get('a');
  });

  it('resets its clients while the server behind it is gone, and serves them when it is back', async () => {
    const answer = (_: unknown, response: { end(text: string): void }): void => response.end('{"spec":{}}');
    const tls = { cert: pair.certPem, key: pair.keyPem };
    const first = createServer(tls, answer);
    await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve));
    const { port } = first.address() as AddressInfo;
    const behind = await startFaultProxy({
      controlPlane: { url: `https://127.0.0.1:${port}`, caPem: authority.certPem },
    });
    client = await connect(behind);
    await get('a');
    const closed = new Promise((resolve) => first.close(resolve));
    first.closeAllConnections();
    await closed;
    expect(await caught(get('a'))).to.be.instanceOf(UnreachableError);
    const second = createServer(tls, answer);
    await new Promise<void>((resolve) => second.listen(port, '127.0.0.1', resolve));
    await get('a');
    await behind.stop();
    second.closeAllConnections();
    await new Promise((resolve) => second.close(resolve));
  });

  it('leaves nothing open when it stops, whatever it holds up', async () => {
    const watch = await watched();
    const held = [
      { match: { verbs: ['create'] }, fault: { type: 'freeze', after: 'dead' } },
      { match: { verbs: ['get'] }, fault: { type: 'delay', ms: 60_000, before: 'answer' } },
      { match: { verbs: ['watch'] }, fault: { type: 'freeze', after: 'thaw' } },
    ] as const;
    for (const rule of held) proxy.inject(rule);
    const run = proxy.run([{ atMs: 0, forMs: 60_000, match: {}, fault: { type: 'closeWatches', everyMs: 60_000 } }]);
    const answers = [caught(create('b')), caught(get('first'))];
    await eventually(() => expect(proxy.requests()).to.have.length(3));
    await proxy.stop();
    await Promise.all([run, ...answers, watch.ended]);
    expect(proxy.open()).to.deep.equal({ clients: 0, upstream: 0 });
    await eventually(() => expect(server.open()).to.equal(0));
    await proxy.stop();
  });
});

describe('A request, as the fault proxy names it', () => {
  for (const [method, url, verb, what] of [
    ['GET', '/api/v1/namespaces', 'list', 'namespaces///'],
    ['GET', '/api/v1/namespaces?watch=true&resourceVersion=1', 'watch', 'namespaces///'],
    ['GET', '/api/v1/namespaces/a', 'get', 'namespaces//a/'],
    ['PUT', '/api/v1/namespaces/a/finalize', 'update', 'namespaces//a/finalize'],
    ['GET', '/apis/apps/v1/daemonsets?watch=1', 'watch', 'daemonsets///'],
    ['GET', '/api/v1/namespaces/a/services', 'list', 'services/a//'],
    ['DELETE', '/apis/networking.k8s.io/v1/namespaces/a/networkpolicies/b', 'delete', 'networkpolicies/a/b/'],
    ['PATCH', '/apis/drawbridge.dev/v1alpha1/securitybaselines/b/status', 'patch', 'securitybaselines//b/status'],
    ['POST', '/apis/events.k8s.io/v1/namespaces/a/events?fieldManager=x', 'create', 'events/a//'],
    ['GET', '/apis', 'list', '///'],
    ['GET', '/version', 'list', '///'],
  ] as const) {
    it(`${method} ${url}`, () => {
      const { resource, namespace, name, subresource, ...rest } = proxiedRequestOf({ method, url, headers: {} });
      expect(rest).to.deep.equal({ verb, userAgent: '' });
      expect([resource, namespace, name, subresource].join('/')).to.equal(what);
    });
  }
});

describe('A seeded schedule', () => {
  const options = { lengthMs: 5_000, count: 12, namespaces: ['a', 'b'] };

  it('is the same for the same seed, and another for another', () => {
    expect(scheduleOf(7, options)).to.deep.equal(scheduleOf(7, options));
    expect(scheduleOf(7, options)).not.to.deep.equal(scheduleOf(8, options));
    expect(JSON.parse(JSON.stringify(scheduleOf(7, options)))).to.deep.equal(scheduleOf(7, options));
  });

  it('keeps to its time, and over some seeds has every type of fault', () => {
    const types = new Set<string>();
    fc.assert(
      fc.property(fc.integer({ min: 0 }), fc.integer({ min: 1, max: 20_000 }), (seed, lengthMs) => {
        const schedule = scheduleOf(seed, { ...options, lengthMs });
        expect(schedule).to.have.length(options.count);
        for (const { atMs, forMs, fault, share } of schedule) {
          types.add(fault.type);
          expect(atMs).to.be.at.least(0);
          expect(forMs).to.be.at.least(1);
          expect(atMs + forMs).to.be.at.most(lengthMs);
          expect(share).to.be.within(0, 1);
        }
        expect(schedule.map(({ atMs }) => atMs)).to.deep.equal(
          schedule.map(({ atMs }) => atMs).toSorted((a, b) => a - b),
        );
      }),
      { seed: 1, numRuns: 200 },
    );
    expect(types.size).to.equal(11);
  });

  it('has only the types it was told', () => {
    const schedule = scheduleOf(1, { ...options, types: ['delay', 'cut'] });
    expect(new Set(schedule.map(({ fault }) => fault.type))).to.deep.equal(new Set(['delay', 'cut']));
  });
});

describe('The peak of requests per second', () => {
  const peak = (...times: readonly number[]): number => peakPerSecond(times.map((atMs) => ({ atMs }) as LoggedRequest));

  it('counts the busiest second, wherever it begins', () => {
    expect(peak()).to.equal(0);
    expect(peak(5)).to.equal(1);
    expect(peak(0, 999, 1_000, 1_001)).to.equal(3);
    expect(peak(0, 1_000, 2_000)).to.equal(1);
    expect(peak(900, 950, 1_050, 1_899, 1_901)).to.equal(4);
  });
});
